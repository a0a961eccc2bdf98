//! What does the file of `--over` say?
//!
//! ```toml
//! [[over]]
//! field = "phase.truce.set.us-reciprocal"   # phases and measures by name, not by place
//! grid  = ["10%", "20%", "30%"]
//!
//! [[over]]
//! field      = "short_run.cover"
//! log-normal = ["15 days", "60 days"]
//! ```
//!
//! | key          | values                                            |
//! |--------------|---------------------------------------------------|
//! | `grid`       | every one of them, with every one of other grids  |
//! | `uniform`    | even between two ends                             |
//! | `normal`     | 5 and 95 % quantile                               |
//! | `log-normal` | 5 and 95 % quantile, above 0                      |
//! | `triangular` | least, likeliest, most                            |
//! | `choice`     | one of a list, each as likely                     |
//!
//! A drawn value is `x(k) = F⁻¹(u(seed, field, k))` of its distribution, with `u` from
//! the [stream](crate::numerics::streams) of the field's name and the place `k` in it: draw `k`
//! has the same value in every combination of the grids, and another field changes nothing in it.

use std::collections::BTreeMap;

use miette::SourceSpan;
use sha2::{Digest, Sha256};
use toml::de::DeValue;

use super::value::{Unit, read_value};
use crate::document::read::{Node, Reader, Table};
use crate::document::{self, DocumentError, Kind, Problem};
use crate::numerics::normal::quantile;
use crate::numerics::streams::Streams;
use crate::numerics::vector::{exp1, ln1};

/// More combinations than this are refused.
pub const MOST_COMBINATIONS: usize = 100_000;

/// Ways to give values, as keys.
const WAYS: [&str; 6] = ["grid", "uniform", "normal", "log-normal", "triangular", "choice"];

/// The fields of a scenario that a sweep varies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Over {
    /// In the order of the file.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its path, as written.
    pub path: String,
    /// The path's parts.
    pub keys: Vec<String>,
    /// What its values are.
    pub unit: Unit,
    /// The values.
    pub values: Values,
    /// Where the path stands in the file.
    pub at: SourceSpan,
    /// Where the values stand, one by one.
    pub values_at: Vec<SourceSpan>,
}

/// The values of a field, in its unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// All of them.
    Grid(Vec<f64>),
    /// One a draw.
    Drawn(Shape),
}

/// How a drawn value is distributed.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Evenly between two ends.
    Uniform(f64, f64),
    /// By its 5 and 95 % quantile.
    Normal(f64, f64),
    /// The logarithm, by its 5 and 95 % quantile.
    LogNormal(f64, f64),
    /// Least, likeliest, most.
    Triangular(f64, f64, f64),
    /// One of a list.
    Choice(Vec<f64>),
}

impl Over {
    /// Reads the file; `file_name` is what messages call it.
    ///
    /// # Errors
    /// [`DocumentError`] with every problem of the file.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, DocumentError> {
        document::parse(Kind::Over, file_name, text, |reader, root| Some(read(reader, root)))
            .map(|(over, _)| over)
    }

    /// Number of combinations of the grids; 1 without one.
    pub fn combinations(&self) -> usize {
        self.grids().map(|(_, values)| values.len()).product()
    }

    /// The values of every field in a combination and a draw, `[field]`; the last grid
    /// changes fastest.
    pub fn at(&self, mut combination: usize, draw: usize, seed: u64) -> Vec<f64> {
        let mut found = vec![0.0; self.fields.len()];
        for (place, field) in self.fields.iter().enumerate().rev() {
            found[place] = match &field.values {
                Values::Grid(values) => {
                    let value = values[combination % values.len()];
                    combination /= values.len();
                    value
                }
                Values::Drawn(shape) => field.unit.rounded(shape, field.uniform(seed, draw)),
            };
        }
        found
    }

    /// Fields with a grid, and its values.
    pub fn grids(&self) -> impl Iterator<Item = (&Field, &[f64])> {
        self.fields.iter().filter_map(|field| match &field.values {
            Values::Grid(values) => Some((field, values.as_slice())),
            Values::Drawn(_) => None,
        })
    }

    /// Fields with a value a draw.
    pub fn drawn(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| matches!(field.values, Values::Drawn(_)))
    }
}

impl Field {
    /// The number between 0 and 1 of a draw.
    fn uniform(&self, seed: u64, draw: usize) -> f64 {
        let digest = Sha256::digest(self.keys.join("\n").as_bytes());
        let name = digest.iter().take(8).fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
        Streams::branch(seed, name).from(0, draw as u64).uniform()
    }

    /// Values that show what the field takes: all of a grid or a list, the ends of a distribution.
    pub fn samples(&self) -> Vec<f64> {
        match &self.values {
            Values::Grid(values) | Values::Drawn(Shape::Choice(values)) => values.clone(),
            Values::Drawn(Shape::Triangular(low, middle, high)) => vec![*low, *middle, *high],
            Values::Drawn(
                Shape::Uniform(low, high) | Shape::Normal(low, high) | Shape::LogNormal(low, high),
            ) => vec![*low, *high],
        }
    }
}

impl Shape {
    /// The value below which a share `u` of the draws lies, `0 < u < 1`.
    pub fn quantile(&self, u: f64) -> f64 {
        let spread =
            |low: f64, high: f64| 0.5 * (low + high) + (high - low) / (2.0 * quantile(0.95)) * quantile(u);
        match self {
            Self::Uniform(low, high) => low + (high - low) * u,
            Self::Normal(low, high) => spread(*low, *high),
            Self::LogNormal(low, high) => exp1(spread(ln1(*low), ln1(*high))),
            Self::Triangular(low, mode, high) => {
                let (width, rise, fall) = (high - low, mode - low, high - mode);
                match u * width < rise {
                    true => low + (u * width * rise).sqrt(),
                    false => high - ((1.0 - u) * width * fall).sqrt(),
                }
            }
            Self::Choice(values) => values[((u * values.len() as f64) as usize).min(values.len() - 1)],
        }
    }
}

fn read(reader: &mut Reader<'_>, root: Table<'_, '_>) -> Over {
    reader.check_keys(root, &["over"]);
    let mut over = Over::default();
    let Some(node) = reader.required(root, "over", "at least one [[over]] with field and grid") else {
        return over;
    };
    let DeValue::Array(items) = node.get_ref() else {
        let help = "start each field with [[over]], in double brackets".to_owned();
        reader.wrong_type("over", "a list of tables", node, Some(help));
        return over;
    };
    let mut known: BTreeMap<Vec<String>, SourceSpan> = BTreeMap::new();
    for item in items.iter() {
        if let Some(table) = reader.table("the field", "over", item)
            && let Some(field) = read_field(reader, table)
        {
            if let Some(first) = known.insert(field.keys.clone(), field.at) {
                reader.note(Problem::Twice { name: field.path.clone(), first, again: field.at });
            }
            over.fields.push(field);
        }
    }
    let combinations = over.grids().fold(1_usize, |all, (_, values)| all.saturating_mul(values.len()));
    if combinations > MOST_COMBINATIONS {
        let help = format!(
            "the grids have {combinations} combinations, and {MOST_COMBINATIONS} are the most: draw some of the fields"
        );
        reader.note(Problem::OutOfBounds { key: "grid".to_owned(), at: node.span().into(), help });
    }
    over
}

fn read_field(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<Field> {
    reader.check_keys(table, &["field", "grid", "uniform", "normal", "log-normal", "triangular", "choice"]);
    let path = reader.text(table, "field", "field = \"phase.truce.set.us-reciprocal\"");
    let keys = path.and_then(|path| read_path(reader, path.value, path.at));
    let mut ways = WAYS.into_iter().filter_map(|way| Some((way, table.get(way)?)));
    let Some((way, node)) = ways.next() else {
        let help = "add its values: grid = [\"10%\", \"20%\"], or uniform = [\"10%\", \"30%\"]".to_owned();
        reader.note(Problem::MissingKey { key: "grid", table: table.name.to_owned(), at: table.at, help });
        return None;
    };
    for (other, _) in ways {
        reader.note(Problem::Conflict {
            table: table.name.to_owned(),
            one: way,
            other,
            one_at: table.key_at(way),
            other_at: table.key_at(other),
            help: "a field has its values in one way: leave one out",
        });
    }
    let (unit, values, values_at) = read_list(reader, way, node)?;
    let values = shaped(reader, way, unit, values, node)?;
    let path = path?;
    Some(Field { path: path.value.to_owned(), keys: keys?, unit, values, at: path.at, values_at })
}

/// The parts of a path, as TOML writes a dotted key.
fn read_path(reader: &mut Reader<'_>, path: &str, at: SourceSpan) -> Option<Vec<String>> {
    let keys: Option<Vec<String>> = toml_edit::Key::parse(path)
        .ok()
        .map(|keys| keys.iter().map(|key| key.get().to_owned()).collect::<Vec<_>>())
        .filter(|keys| keys.len() > 1);
    if keys.is_none() {
        let help = "write the way to it as a dotted key: phase.truce.date, long_run.spread, \
                    short_run.add.ID.coverage.REMAG; quote a part that has a dot"
            .to_owned();
        reader.note(Problem::UnknownWord { key: "field", word: path.to_owned(), at, help });
    }
    keys
}

type Listed = (Unit, Vec<f64>, Vec<SourceSpan>);

/// Values of one unit, at least one.
fn read_list(reader: &mut Reader<'_>, way: &str, node: &Node<'_>) -> Option<Listed> {
    let DeValue::Array(items) = node.get_ref() else {
        reader.wrong_type(way, "a list", node, Some(format!("write {way} = [\"10%\", \"20%\"]")));
        return None;
    };
    let found: Vec<Option<(Unit, f64)>> = items.iter().map(|item| read_value(reader, way, item)).collect();
    let found: Vec<(Unit, f64)> = found.into_iter().collect::<Option<_>>()?;
    let Some((first, _)) = found.first() else {
        let help = format!("write {way} = [\"10%\", \"20%\"]");
        reader.note(Problem::Empty { key: way.to_owned(), at: node.span().into(), help });
        return None;
    };
    let unit = found.iter().try_fold(*first, |unit, (other, _)| unit.with(*other));
    let Some(unit) = unit else {
        let help = "all values of a field are of one kind: numbers, percentages, times or days".to_owned();
        reader.note(Problem::OutOfBounds { key: way.to_owned(), at: node.span().into(), help });
        return None;
    };
    let values = found.into_iter().map(|(_, value)| value).collect();
    Some((unit, values, items.iter().map(|item| item.span().into()).collect()))
}

/// The values as the way has them.
fn shaped(
    reader: &mut Reader<'_>,
    way: &str,
    unit: Unit,
    values: Vec<f64>,
    node: &Node<'_>,
) -> Option<Values> {
    let mut refuse = |help: &str| {
        let (key, at, help) = (way.to_owned(), node.span().into(), help.to_owned());
        reader.note(Problem::OutOfBounds { key, at, help });
        None
    };
    match (way, values.as_slice()) {
        ("grid", _) => {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            match sorted.windows(2).any(|pair| pair[0] == pair[1]) {
                true => refuse("a grid has each value once"),
                false => Some(Values::Grid(values)),
            }
        }
        ("choice", _) => Some(Values::Drawn(Shape::Choice(values))),
        ("triangular", [low, mode, high]) if low < high && (low..=high).contains(&mode) => {
            Some(Values::Drawn(Shape::Triangular(*low, *mode, *high)))
        }
        ("triangular", _) => refuse("write three values: [least, likeliest, most], in rising order"),
        ("log-normal", [low, high]) if low < high && *low > 0.0 && unit != Unit::Day => {
            Some(Values::Drawn(Shape::LogNormal(*low, *high)))
        }
        ("log-normal", _) => {
            refuse("write two values above 0: [5 % quantile, 95 % quantile], in rising order; no days")
        }
        ("normal", [low, high]) if low < high => Some(Values::Drawn(Shape::Normal(*low, *high))),
        ("normal", _) => refuse("write two values: [5 % quantile, 95 % quantile], in rising order"),
        (_, [low, high]) if low < high => Some(Values::Drawn(Shape::Uniform(*low, *high))),
        _ => refuse("write two values: [lower end, upper end], in rising order"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(text: &str) -> Over {
        Over::parse("over.toml", text).unwrap()
    }

    #[test]
    fn the_last_grid_changes_fastest() {
        let over = over(
            "[[over]]\nfield = \"a.b\"\ngrid = [1, 2]\n[[over]]\nfield = \"a.c\"\nuniform = [0.0, 1.0]\n\
             [[over]]\nfield = \"a.d\"\ngrid = [\"5%\", \"7%\", \"9%\"]\n",
        );
        assert_eq!(over.combinations(), 6);
        let grids = |combination| {
            let at = over.at(combination, 3, 1);
            (at[0], at[2])
        };
        assert_eq!([grids(0), grids(1), grids(3)], [(1.0, 5.0), (1.0, 7.0), (2.0, 5.0)]);
        assert_eq!(over.at(0, 3, 1)[1], over.at(5, 3, 1)[1], "common random numbers");
        assert!(over.at(0, 3, 1)[1] != over.at(0, 3, 2)[1] && over.at(0, 3, 1)[1] != over.at(0, 4, 1)[1]);
    }

    /// 4,000 draws of each shape: quantiles of theory, to sampling error (0.013 of a share at the middle).
    #[test]
    fn draws_follow_their_distribution() {
        for (text, median, high) in [
            ("uniform = [2.0, 4.0]", 3.0, 3.9),
            ("normal = [2.0, 4.0]", 3.0, 4.0),
            ("log-normal = [1.0, 4.0]", 2.0, 4.0),
            // F(x) = (x−1)²/8 up to 3: the median is 1 + √4 = 3; beyond, 1 − (5−x)²/8 = 0.95.
            ("triangular = [1.0, 3.0, 5.0]", 3.0, 5.0 - 0.4_f64.sqrt()),
        ] {
            let over = over(&format!("[[over]]\nfield = \"a.b\"\n{text}\n"));
            let mut drawn: Vec<f64> = (0..4000).map(|draw| over.at(0, draw, 9)[0]).collect();
            drawn.sort_by(f64::total_cmp);
            assert!((drawn[2000] - median).abs() < 0.08, "{text}: {}", drawn[2000]);
            assert!((drawn[3800] - high).abs() < 0.1, "{text}: {}", drawn[3800]);
        }
    }

    #[test]
    fn whole_numbers_and_days_stay_whole() {
        let over = over(
            "[[over]]\nfield = \"a.b\"\nuniform = [3, 5]\n[[over]]\nfield = \"a.c\"\nuniform = [2025-05-01, 2025-05-02]\n",
        );
        let mut counts = [0; 3];
        for draw in 0..3000 {
            let at = over.at(0, draw, 0);
            counts[at[0] as usize - 3] += 1;
            assert!(at[0].fract() == 0.0 && at[1].fract() == 0.0);
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }
}
