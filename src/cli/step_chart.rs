//! A chart of values that stay until they step, for the terminal.
//!
//! ```text
//!  80 ┤      ┌──┐            a cell is the set of sides that a line leaves by:
//!  40 ┤  ┌───┘  └────        left, right, up, down
//!   0 ┼──┘
//!     └────┴──────┴───
//!        2019   2025
//! ```
//!
//! A column stands for some days. The line enters it at the value of its first
//! day, spans all values of these days, and leaves at the last one, so that a
//! peak of a few days is seen however narrow the chart is. Lines are told apart
//! by their stroke (light, heavy, double), not by colour.

use jiff::civil::Date;

/// A value over time: it holds from each date to the next.
pub struct Line {
    /// Dates rising; the first is not after the chart's first day.
    pub steps: Vec<(Date, f64)>,
}

/// What to draw.
pub struct Chart<'a> {
    /// At most [`STROKES`] of them.
    pub lines: &'a [Line],
    /// First and last day.
    pub span: (Date, Date),
    /// Days to mark under the axis, each with its number.
    pub marks: &'a [(Date, usize)],
    /// Characters a line, the labels of the axis included.
    pub width: usize,
}

/// Lines that can be told apart.
pub const STROKES: usize = 3;
/// Labels above 0, at most.
const LABELS: usize = 4;
/// Rows from one label to the next.
const ROWS_A_LABEL: usize = 4;
/// Characters left of the area: `125 ┤`.
const MARGIN: usize = 6;

const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const UP: u8 = 4;
const DOWN: u8 = 8;

/// The characters of a stroke, by the set of sides that the line leaves by.
const GLYPHS: [&str; STROKES] = [" ╴╶─╵┘└┴╷┐┌┬│┤├┼", " ╸╺━╹┛┗┻╻┓┏┳┃┫┣╋", " ═══║╝╚╩║╗╔╦║╣╠╬"];

/// A stroke as a legend shows it.
pub fn stroke(line: usize) -> String {
    glyph(line, LEFT | RIGHT).to_string().repeat(3)
}

fn glyph(line: usize, sides: u8) -> char {
    GLYPHS[line % STROKES].chars().nth(usize::from(sides)).unwrap_or(' ')
}

impl Chart<'_> {
    /// The chart, its lines without blanks at the end.
    pub fn render(&self) -> String {
        let columns = self.width.saturating_sub(MARGIN).max(20);
        let highest = |line: &Line| line.steps.iter().map(|step| step.1).fold(0.0, f64::max);
        let top = self.lines.iter().map(highest).fold(0.0, f64::max);
        let label = nice(top / LABELS as f64);
        let bottom = ROWS_A_LABEL * ((top / label).ceil() as usize).max(1);
        let row_of = |value: f64| bottom - (value / label * ROWS_A_LABEL as f64).round() as usize;
        let mut area = vec![vec![' '; columns]; bottom + 1];
        // The lowest line last: where peaks meet, the higher one is seen above it.
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        order.sort_by(|a, b| highest(&self.lines[*b]).total_cmp(&highest(&self.lines[*a])));
        for number in order {
            for (column, rows) in self.spans(&self.lines[number], columns, &row_of).into_iter().enumerate() {
                for (row, sides) in rows {
                    area[row][column] = glyph(number, sides);
                }
            }
        }
        let mut text = Vec::new();
        for (row, cells) in area.iter().enumerate() {
            let axis = match row % ROWS_A_LABEL {
                0 => format!("{:>4} ┤", points(label * ((bottom - row) / ROWS_A_LABEL) as f64)),
                _ => "     │".to_owned(),
            };
            text.push(axis + &cells.iter().collect::<String>());
        }
        text.extend(self.time_axis(columns));
        if !self.marks.is_empty() {
            text.push(self.mark_row(columns));
        }
        text.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
    }

    /// Sides of the cells that a line passes, column by column.
    fn spans(&self, line: &Line, columns: usize, row_of: &impl Fn(f64) -> usize) -> Vec<Vec<(usize, u8)>> {
        let mut steps = line.steps.iter().peekable();
        let mut value = 0.0;
        while let Some((_, first)) = steps.next_if(|(date, _)| *date <= self.span.0) {
            value = *first;
        }
        let mut passed = Vec::with_capacity(columns);
        for column in 0..columns {
            let entry = row_of(value);
            let mut rows = (entry, entry);
            while let Some((_, next)) = steps.next_if(|(date, _)| self.column(*date, columns) <= column) {
                value = *next;
                rows = (rows.0.min(row_of(value)), rows.1.max(row_of(value)));
            }
            let exit = row_of(value);
            let sides = |row: usize| {
                let side = |there: bool, side: u8| if there { side } else { 0 };
                side(row == entry, LEFT)
                    | side(row == exit, RIGHT)
                    | side(row > rows.0, UP)
                    | side(row < rows.1, DOWN)
            };
            passed.push((rows.0..=rows.1).map(|row| (row, sides(row))).collect());
        }
        passed
    }

    fn column(&self, date: Date, columns: usize) -> usize {
        let days = |date: Date| f64::from(days_between(self.span.0, date));
        let share = days(date) / days(self.span.1).max(1.0);
        ((share * columns as f64).max(0.0) as usize).min(columns - 1)
    }

    /// Ticks at the first days of months or years, and their names.
    fn time_axis(&self, columns: usize) -> [String; 2] {
        let months = days_between(self.span.0, self.span.1) / 30 + 1;
        let fits = |every: &i32| (months / every + 1) * if *every < 12 { 9 } else { 6 } <= columns as i32;
        let every = [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(fits).unwrap_or(240);
        let mut axis = vec!['─'; columns];
        let mut names = vec![' '; columns];
        let mut free = 0;
        for month in 0..=months + 1 {
            let number = i32::from(self.span.0.year()) * 12 + i32::from(self.span.0.month()) - 1 + month;
            let (year, month) = (number.div_euclid(12), number.rem_euclid(12));
            let first = Date::new(year as i16, month as i8 + 1, 1).ok();
            let inside = first.filter(|first| self.span.0 <= *first && *first <= self.span.1);
            let Some(first) = inside.filter(|_| number % every == 0) else { continue };
            let name = if every < 12 { format!("{year}-{:02}", month + 1) } else { year.to_string() };
            let at = self.column(first, columns);
            if at >= free && at + name.len() <= columns {
                axis[at] = '┴';
                name.chars().enumerate().for_each(|(place, letter)| names[at + place] = letter);
                free = at + name.len() + 1;
            }
        }
        let line = |start: &str, cells: Vec<char>| start.to_owned() + &cells.into_iter().collect::<String>();
        [line("     └", axis), line("      ", names)]
    }

    /// Numbers under the axis; those without room for each stand as "14–27".
    fn mark_row(&self, columns: usize) -> String {
        let mut groups: Vec<(usize, usize, usize)> = Vec::new();
        let name = |first: usize, last: usize| match first == last {
            true => first.to_string(),
            false => format!("{first}–{last}"),
        };
        for (date, number) in self.marks {
            let at = self.column(*date, columns);
            match groups.last_mut() {
                Some((start, first, last)) if at <= *start + name(*first, *last).chars().count() => {
                    *last = *number
                }
                _ => groups.push((at, *number, *number)),
            }
        }
        let mut row = " ".repeat(MARGIN);
        for (at, first, last) in groups {
            let blanks = (MARGIN + at).saturating_sub(row.chars().count());
            row += &(" ".repeat(blanks) + &name(first, last));
        }
        row
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    // Dates of the calendar are at most 7.3 million days apart.
    (from.duration_until(to).as_hours() / 24) as i32
}

/// The least of 1, 2, 2.5, 4, 5 times a power of ten that is not below `value`.
fn nice(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 2.5, 4.0, 5.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= value).unwrap_or(10.0 * power)
}

fn points(value: f64) -> String {
    format!("{}", (value * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Up to 80 and down to 40, and a peak that is narrower than a column.
    #[test]
    fn lines_step_and_peaks_are_seen() {
        let line = |steps: &[(Date, f64)]| Line { steps: steps.to_vec() };
        let start = date(2020, 1, 1);
        let lines = [
            line(&[(start, 0.0), (date(2021, 1, 1), 80.0), (date(2022, 1, 1), 40.0)]),
            line(&[(start, 20.0), (date(2023, 1, 1), 60.0), (date(2023, 1, 3), 20.0)]),
        ];
        let chart = Chart {
            lines: &lines,
            span: (start, date(2024, 1, 1)),
            marks: &[(date(2021, 1, 1), 1)],
            width: 46,
        };
        let expected = "
  80 ┤          ┌─────────┐
     │          │         │
     │          │         │
     │          │         │
  60 ┤          │         │         ╻
     │          │         │         ┃
     │          │         │         ┃
     │          │         │         ┃
  40 ┤          │         └─────────┃─────────
     │          │                   ┃
     │          │                   ┃
     │          │                   ┃
  20 ┤━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┻━━━━━━━━━
     │          │
     │          │
     │          │
   0 ┤──────────┘
     └┴─────────┴─────────┴─────────┴─────────
      2020      2021      2022      2023
                1";
        let drawn = format!("\n{}", chart.render());
        assert_eq!(drawn, expected, "{drawn}");
    }

    /// 1 and 2 are a day apart; 12 stands alone.
    #[test]
    fn numbers_without_room_are_a_range() {
        let marks = [(date(2021, 1, 1), 1), (date(2021, 1, 2), 2), (date(2023, 1, 1), 12)];
        let lines = [Line { steps: vec![(date(2020, 1, 1), 0.0)] }];
        let span = (date(2020, 1, 1), date(2024, 1, 1));
        let chart = Chart { lines: &lines, span, marks: &marks, width: 46 };
        assert_eq!(chart.render().lines().last(), Some("                1–2                 12"));
    }
}
