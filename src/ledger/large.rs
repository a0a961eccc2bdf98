//! How long does a large ledger take?
//!
//! A made-up ledger of any number of measures for the world icio-2022, the same
//! text for the same number. Of ten measures
//!
//! | share | goods |
//! |---|---|
//! | 3 | product codes of their own, up to six of them |
//! | 3 | one of 40 shared scopes: half by product list or chapter, half by coverage |
//! | 2 | sectors |
//! | 2 | all goods |
//!
//! Most are tariffs between two regions; some hit three, one in a hundred all
//! others. One in ten is suspended for a while, one in five has ended, one in
//! twenty is another kind than a tariff, one in fifty gives way to a neighbour.

use std::fmt::Write as _;

use super::products::Products;

const REGIONS: [&str; 24] = [
    "USA", "CHN", "DEU", "FRA", "JPN", "KOR", "MEX", "CAN", "GBR", "IND", "BRA", "AUS", "ITA", "ESP", "NLD",
    "TUR", "VNM", "THA", "IDN", "MYS", "CHE", "SWE", "POL", "ZAF",
];
const SECTORS: [&str; 10] = ["A01", "B06", "C10T12", "C20", "C24A", "C25", "C26", "C27", "C28", "C29"];
/// Scopes that several measures share.
const SHARED: usize = 40;

/// A generator of numbers that look random; the constants are Knuth's MMIX.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// The text of a ledger with that many measures.
pub fn ledger_text(measures: usize) -> String {
    let mut numbers = Numbers(2025);
    // Writing to a string cannot fail.
    let mut text = "ledger = { title = \"Made up\", codes = \"HS2022\" }\n\n[scopes]\n".to_owned();
    let codes = |digits: usize, count: usize, numbers: &mut Numbers| -> String {
        let Ok(products) = Products::shipped() else { return String::new() };
        let known = &products.hs6.codes;
        let code = |_| format!("\"{}\"", &format!("{:06}", known[numbers.below(known.len())])[..digits]);
        (0..count).map(code).collect::<Vec<_>>().join(", ")
    };
    for shared in 0..SHARED {
        let goods = match shared % 4 {
            0 => format!("list = \"us-301-list-{}\"", 1 + shared % 3),
            1 => format!("hs = [{}]", codes(2, 3, &mut numbers)),
            _ => format!("coverage = {{ C26 = \"{}%\", C28 = \"75%\", others = \"5%\" }}", 1 + shared),
        };
        let _ = writeln!(text, "shared-{shared} = {{ {goods} }}");
    }
    let mut body = String::new();
    for measure in 0..measures {
        let goods = match measure % 10 {
            0..3 => {
                let (digits, count) = (2 * (2 + numbers.below(2)), 1 + numbers.below(6));
                let _ = writeln!(text, "own-{measure} = {{ hs = [{}] }}", codes(digits, count, &mut numbers));
                format!("scope = \"own-{measure}\"\n")
            }
            3..6 => format!("scope = \"shared-{}\"\n", numbers.below(SHARED)),
            6..8 => format!("sectors = [\"{}\", \"B08\"]\n", numbers.one_of(&SECTORS)),
            _ => String::new(),
        };
        write_measure(&mut body, measure, &goods, &mut numbers);
    }
    text + &body
}

fn write_measure(text: &mut String, measure: usize, goods: &str, numbers: &mut Numbers) {
    let by = numbers.below(REGIONS.len());
    let other = |step: usize| REGIONS[(by + step) % REGIONS.len()];
    let step = 1 + numbers.below(REGIONS.len() - 3);
    let on = match numbers.below(100) {
        0 => format!("\"*\"\nexcept = \"{}\"", REGIONS[by]),
        1..20 => format!("[\"{}\", \"{}\", \"{}\"]", other(step), other(step + 1), other(step + 2)),
        _ => format!("\"{}\"", other(step)),
    };
    let year = 2016 + numbers.below(10);
    let (month, day) = (1 + numbers.below(12), 1 + numbers.below(28));
    let effect = match numbers.below(20) {
        0 => format!("kind = \"export-licence\"\napproval = {{ {year}-{month:02}-{day:02} = \"40%\" }}\n"),
        _ => {
            let (low, high) = (1 + numbers.below(20), 20 + numbers.below(30));
            let later = year + 1;
            format!(
                "kind = \"import-tariff\"\n\
                 rate = {{ {year}-{month:02}-{day:02} = \"{low}%\", {later}-{month:02}-01 = \"{high}%\" }}\n"
            )
        }
    };
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "\n[[measure]]\nid = \"m-{measure}\"\nby = \"{}\"\non = {on}\n{goods}{effect}",
        REGIONS[by]
    );
    let tariff = effect.contains("rate");
    if tariff && numbers.below(10) == 0 {
        let (from, until) = (year + 2, year + 3);
        let _ = writeln!(text, "suspend = {{ points = \"1%\", from = {from}-01-01, until = {until}-01-01 }}");
    }
    if numbers.below(5) == 0 {
        let _ = writeln!(text, "ends = {{ on = {}-01-01, why = \"sunset\" }}", year + 4);
    }
    if tariff && measure % 50 == 49 {
        let _ = writeln!(text, "not_with = [\"m-{}\"]", measure - 1);
    }
    let _ = writeln!(text, "source = \"made up, number {measure}\"");
}
