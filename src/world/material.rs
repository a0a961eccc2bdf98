//! What does a material file say?
//!
//! A material is a good that is too small for the sectors of a world and too
//! important to be lost in one: rare-earth magnets inside fabricated metal. The
//! file gives the value of each stage, who makes it, who uses it, and how hard
//! it is to replace. [`split`](super::split) carves it out.
//!
//! ```toml
//! material = { name = "rare-earths", title = "Rare earths, from oxide to magnet", year = 2024, sources = "…" }
//!
//! [[stage]]                                  # from the first stage to the last
//! code          = "REMAG"                    # the new sector
//! name          = "Rare-earth magnets"
//! parent        = "C25"                      # the sector it is part of
//! hs            = ["850511"]                 # product codes that are this sector from now on
//! tonnes        = { value = 220000, low = 200000, high = 250000, source = "…" }
//! usd_per_tonne = { value = 50000, low = 40000, high = 70000, source = "…" }
//! # or value_musd = { value = 11000, … }: world production, sold at home and abroad
//! theta         = { value = 1.5, low = 0.8, high = 4, source = "…" }
//! exporters     = { CHN = { value = "94%", low = "90%", high = "94%", home = "72%" }, others = "6%", source = "…" }
//! buyers        = { C27 = "60%", C29 = "40%", source = "…" }
//! input         = [{ stage = "REMET", share = { value = "40%", source = "…" } }]
//! ```
//!
//! Every figure is a table with `value`, `low`, `high` and `source`; a share may
//! be a percentage alone. `others` shares the rest over everybody not named,
//! by what they make (exporters) or buy (buyers) of the parent; `final` is final
//! use; `home` the part of an exporter's production that stays in the country.

use miette::SourceSpan;
use toml::de::DeValue;

use super::World;
use super::labels::{did_you_mean, wrong_code};
use crate::document::problem::percent;
use crate::document::read::{At, Node, Reader, Table, nearest, note_if_empty};
use crate::document::{self, DocumentError, Problem};

/// Shares may miss the whole by this much.
const SLACK: f64 = 1e-6;

/// The sectors that the goods of a product code are in; `None` for an unknown code.
pub type SectorsOfCode<'a> = dyn Fn(&str) -> Option<Vec<String>> + 'a;

/// A number with its range and where it comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// The number, in the unit of its key; shares are fractions.
    pub value: f64,
    /// Lower end of its range.
    pub low: f64,
    /// Upper end of its range.
    pub high: f64,
    /// Where it comes from; empty where the table around it says so.
    pub source: String,
}

/// A region or a sector with its share of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Position of the region or sector in the world.
    pub of: usize,
    /// Its share, fraction.
    pub share: Figure,
    /// Of an exporter: the part of its production that it sells at home, fraction.
    pub home: Option<Figure>,
}

/// A whole as the shares of those who are named and of all others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// Those who are named.
    pub named: Vec<Part>,
    /// All who are not named, together, fraction.
    pub others: Figure,
    /// Of buyers: final use, fraction.
    pub final_use: Figure,
    /// Where the shares come from.
    pub source: String,
}

/// What a stage uses of an earlier one.
#[derive(Clone, Debug, PartialEq)]
pub struct StageInput {
    /// Position of the earlier stage in [`Material::stages`].
    pub stage: usize,
    /// Cost of it per unit of gross output, fraction.
    pub share: Figure,
}

/// One stage of a material: a sector of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Code of the new sector.
    pub code: String,
    /// Its readable name.
    pub name: String,
    /// Position of the sector that it is part of.
    pub parent: usize,
    /// Beginnings of the product codes that are this stage.
    pub hs: Vec<String>,
    /// World production at basic prices, million USD.
    pub value_musd: Figure,
    /// World production, tonnes, where the value is computed from it.
    pub tonnes: Option<Figure>,
    /// Value of a tonne, USD, where the value is computed from it.
    pub usd_per_tonne: Option<Figure>,
    /// Trade elasticity θ.
    pub theta: Figure,
    /// Shares of world production.
    pub exporters: Parts,
    /// Shares of what the stages after it leave.
    pub buyers: Parts,
    /// What it uses of earlier stages.
    pub inputs: Vec<StageInput>,
}

/// A material, read for one world.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// Short name.
    pub name: String,
    /// One line that says what it is.
    pub title: String,
    /// Year of its figures.
    pub year: u64,
    /// Where the figures come from.
    pub sources: String,
    /// Remarks: what is left out.
    pub note: String,
    /// The stages, an earlier before a later one. Never empty.
    pub stages: Vec<Stage>,
}

impl Material {
    /// Reads a material for a world. `file_name` is what messages call the file,
    /// `sectors_of` says which sectors a product code is in.
    ///
    /// # Errors
    /// [`DocumentError`] with every problem of the file, codes that the world
    /// does not have included.
    pub fn parse(
        file_name: &str,
        text: &str,
        world: &World,
        sectors_of: &SectorsOfCode<'_>,
    ) -> Result<Material, DocumentError> {
        document::parse(document::Kind::Material, file_name, text, |reader, root| {
            read_document(reader, root, &Known { world, sectors_of })
        })
        .map(|(material, _)| material)
    }
}

/// The materials that ship.
const SHIPPED: [(&str, &str); 2] = [
    ("rare-earths", include_str!("../../data/materials/rare-earths.toml")),
    ("gallium-germanium", include_str!("../../data/materials/gallium-germanium.toml")),
];

/// Names of the materials that ship.
pub fn shipped_names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}

/// The text of a material that ships.
pub fn shipped_text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}

/// What codes are checked against.
struct Known<'w> {
    world: &'w World,
    sectors_of: &'w SectorsOfCode<'w>,
}

impl Known<'_> {
    /// The sector of the concordance that a carved sector goes back to.
    fn root(&self, sector: usize) -> usize {
        let parent = self.world.carved_positions().find(|(child, _, _)| *child == sector);
        parent.map_or(sector, |(_, parent, _)| self.root(parent))
    }
}

/// What is checked once all stages are read.
struct Read {
    stage: Stage,
    code_at: SourceSpan,
    hs_at: Vec<SourceSpan>,
    value_at: SourceSpan,
}

fn read_document(reader: &mut Reader<'_>, root: Table<'_, '_>, known: &Known<'_>) -> Option<Material> {
    reader.check_keys(root, &["material", "stage"]);
    let example =
        "material = { name = \"rare-earths\", title = \"…\", year = 2024, sources = \"…\" } at the top";
    let heading = reader
        .required(root, "material", example)
        .and_then(|node| reader.table("`material`", "material", node))
        .and_then(|table| read_heading(reader, table));
    let mut stages: Vec<Read> = Vec::new();
    match reader.required(root, "stage", "a [[stage]] with code, parent and value").map(|n| (n, n.get_ref()))
    {
        Some((node, DeValue::Array(items))) => {
            note_if_empty(reader, "stage", node, "add a [[stage]] with code, parent and value");
            for item in items.iter() {
                if let Some(table) = reader.table("the stage", "stage", item) {
                    let read = read_stage(reader, table, known, &stages);
                    stages.extend(read);
                }
            }
        }
        Some((node, _)) => {
            let help = "start each stage with [[stage]], in double brackets".to_owned();
            reader.wrong_type("stage", "a list of tables", node, Some(help));
        }
        None => {}
    }
    check_together(reader, &stages);
    let (name, title, year, sources, note) = heading?;
    let stages = stages.into_iter().map(|read| read.stage).collect();
    Some(Material { name, title, year, sources, note, stages })
}

fn read_heading(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
) -> Option<(String, String, u64, String, String)> {
    reader.check_keys(table, &["name", "title", "year", "sources", "note"]);
    let name = reader.text(table, "name", "name = \"rare-earths\"");
    let title = reader.text(table, "title", "title = \"Rare earths, from oxide to magnet\"");
    let sources = reader.text(table, "sources", "sources = \"…\": where the figures come from");
    let year = reader
        .required(table, "year", "year = 2024")
        .and_then(|node| reader.whole("year", node, 1900..=2100));
    let note = table.get("note").and_then(|node| reader.string("note", node));
    let note = note.map(|note| note.value.to_owned()).unwrap_or_default();
    Some((name?.value.to_owned(), title?.value.to_owned(), year?, sources?.value.to_owned(), note))
}

const STAGE_KEYS: [&str; 11] = [
    "code",
    "name",
    "parent",
    "hs",
    "value_musd",
    "tonnes",
    "usd_per_tonne",
    "theta",
    "exporters",
    "buyers",
    "input",
];

fn read_stage(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    known: &Known<'_>,
    earlier: &[Read],
) -> Option<Read> {
    let title = match table.get("code").and_then(|node| node.get_ref().as_str()) {
        Some(code) => format!("the stage `{code}`"),
        None => "the stage".to_owned(),
    };
    let table = Table { name: &title, ..table };
    reader.check_keys(table, &STAGE_KEYS);
    let code = reader.text(table, "code", "code = \"REMAG\": the code of the new sector");
    if let Some(code) = &code {
        check_code(reader, known.world, code);
    }
    let name = reader.text(table, "name", "name = \"Rare-earth magnets\"");
    let parent = reader
        .text(table, "parent", "parent = \"C25\": the sector that it is part of")
        .and_then(|code| find_sector(reader, known.world, code, ""));
    let (hs, hs_at) = read_codes(reader, table, known, parent);
    let theta = reader
        .required(table, "theta", "theta = { value = 1.5, low = 0.8, high = 4, source = \"…\" }")
        .and_then(|node| read_figure(reader, "theta", node));
    let value = read_value(reader, table);
    let example = "exporters = { CHN = \"90%\", others = \"10%\", source = \"…\" }";
    let regions = &known.world.regions;
    let exporters = reader.required(table, "exporters", example).and_then(|node| {
        read_parts(reader, "exporters", node, &mut |reader, code| match regions.find(code.value) {
            Ok(region) => Some(region),
            Err(unknown) => {
                let near = did_you_mean(&unknown.nearest);
                let world = &known.world.name;
                let help = format!("{near} `detente world show {world}` lists the regions");
                let (code, at, help) = (code.value.to_owned(), code.at, help.trim_start().to_owned());
                reader.note(Problem::UnknownRegion { code, at, help });
                None
            }
        })
    });
    let example = "buyers = { C27 = \"60%\", others = \"40%\", source = \"…\" }";
    let stages: Vec<&str> = earlier.iter().map(|read| read.stage.code.as_str()).collect();
    let buyers = reader.required(table, "buyers", example).and_then(|node| {
        read_parts(reader, "buyers", node, &mut |reader, code| {
            let own = stages.contains(&code.value);
            let help = if own { "what a stage uses of another stands in its `input`" } else { "" };
            find_sector(reader, known.world, code, help)
        })
    });
    let inputs = read_inputs(reader, table, &stages);
    let (value_musd, tonnes, usd_per_tonne, value_at) = value?;
    let code = code?;
    let stage = Stage {
        code: code.value.to_owned(),
        name: name?.value.to_owned(),
        parent: parent?,
        hs,
        value_musd,
        tonnes,
        usd_per_tonne,
        theta: theta?,
        exporters: exporters?,
        buyers: buyers?,
        inputs,
    };
    Some(Read { stage, code_at: code.at, hs_at, value_at })
}

/// The code of a new sector can be one, and is none yet.
fn check_code(reader: &mut Reader<'_>, world: &World, code: &At<&str>) {
    let at = code.at;
    if let Some(help) = wrong_code(code.value) {
        reader.note(Problem::BadCode { code: code.value.to_owned(), at, help });
    } else if let Ok(sector) = world.sectors.find(code.value) {
        let carved = world.carved.iter().find(|carved| carved.code == code.value);
        let help = match carved {
            Some(carved) => format!("it was carved out as part of `{}`: do it once", carved.material),
            None => format!("it is {}; choose another code", world.sectors.name(sector)),
        };
        reader.note(Problem::SectorTaken { code: code.value.to_owned(), at, help });
    }
}

fn find_sector(reader: &mut Reader<'_>, world: &World, code: At<&str>, help: &str) -> Option<usize> {
    match world.sectors.find(code.value) {
        Ok(sector) => Some(sector),
        Err(unknown) => {
            let near = did_you_mean(&unknown.nearest);
            let lists = format!("{near} `detente world show {}` lists the sectors", world.name);
            let help = if help.is_empty() { lists.trim_start() } else { help }.to_owned();
            reader.note(Problem::UnknownSector { code: code.value.to_owned(), at: code.at, help });
            None
        }
    }
}

/// Product codes, each known, and in the parent alone.
fn read_codes(
    reader: &mut Reader<'_>,
    table: Table<'_, '_>,
    known: &Known<'_>,
    parent: Option<usize>,
) -> (Vec<String>, Vec<SourceSpan>) {
    let Some(node) = reader.required(table, "hs", "hs = [\"850511\"]: its product codes, or hs = []") else {
        return (Vec::new(), Vec::new());
    };
    let codes = reader.strings("hs", node);
    for code in &codes {
        let (at, written) = (code.at, code.value.to_owned());
        let Some(sectors) = (known.sectors_of)(code.value) else {
            let help = "codes are 2 to 8 digits of HS2022, without points".to_owned();
            reader.note(Problem::UnknownProduct { code: written, at, help });
            continue;
        };
        let taken = known.world.carved.iter().find(|carved| {
            carved.hs.iter().any(|hs| hs.starts_with(code.value) || code.value.starts_with(hs.as_str()))
        });
        if let Some(carved) =
            taken.filter(|carved| known.world.sectors.find(&carved.code) != Ok(parent.unwrap_or(usize::MAX)))
        {
            let sectors = carved.code.clone();
            let parent =
                table.get("parent").and_then(|node| node.get_ref().as_str()).unwrap_or("it").to_owned();
            let help = format!("`{}` already has these goods", carved.material);
            reader.note(Problem::ProductElsewhere { code: written, sectors, parent, at, help });
            continue;
        }
        let Some(parent) = parent else { continue };
        let root = known.world.sectors.code(known.root(parent));
        let placed = sectors.iter().any(|sector| known.world.sectors.find(sector).is_ok());
        if placed && sectors.iter().any(|sector| sector != root) {
            let (sectors, parent) = (sectors.join(" and "), root.to_owned());
            let help = format!(
                "write the sector that all of the code is in as parent, or leave the code out; {sectors} {} it now",
                if sectors.contains(" and ") { "share" } else { "has" }
            );
            reader.note(Problem::ProductElsewhere { code: written, sectors, parent, at, help });
        }
    }
    codes.into_iter().map(|code| (code.value.to_owned(), code.at)).unzip()
}

/// A figure in a table: `value`, `low`, `high`, `source`.
fn read_figure(reader: &mut Reader<'_>, key: &'static str, node: &Node<'_>) -> Option<Figure> {
    let title = format!("`{key}`");
    let Some(entries) = node.get_ref().as_table() else {
        let help = format!("write {key} = {{ value = …, low = …, high = …, source = \"…\" }}");
        reader.wrong_type(key, "a table", node, Some(help));
        return None;
    };
    let table = Table::new(&title, node.span().into(), entries);
    reader.check_keys(table, &["value", "low", "high", "source"]);
    let source = reader.text(table, "source", "source = \"…\": where the number comes from");
    let value = reader.required(table, "value", "value = …").and_then(|node| positive(reader, "value", node));
    let end = |reader: &mut Reader<'_>, key| match table.get(key) {
        Some(node) => positive(reader, key, node).map(Some),
        None => Some(None),
    };
    let (low, high) = (end(reader, "low"), end(reader, "high"));
    figure(reader, key, value?, low?, high?, source.map(|s| s.value.to_owned()))
}

/// A share: a percentage, or a table with `value`, `low` and `high`.
fn read_share(
    reader: &mut Reader<'_>,
    key: &str,
    node: &Node<'_>,
    keys: &[&str],
) -> Option<(Figure, Option<Figure>)> {
    let Some(entries) = node.get_ref().as_table() else {
        let value = read_percentage(reader, key, node)?.value;
        return Some((Figure { value, low: value, high: value, source: String::new() }, None));
    };
    let title = format!("`{key}`");
    let table = Table::new(&title, node.span().into(), entries);
    reader.check_keys(table, keys);
    let share = |reader: &mut Reader<'_>, key| match table.get(key) {
        Some(node) => read_percentage(reader, key, node).map(Some),
        None => Some(None),
    };
    let value = match reader.required(table, "value", "value = \"40%\"") {
        Some(node) => read_percentage(reader, "value", node),
        None => None,
    };
    let (low, high) = (share(reader, "low"), share(reader, "high"));
    let home = match table.get("home") {
        Some(node) if keys.contains(&"home") => {
            read_share(reader, "home", node, &["value", "low", "high", "source"])
        }
        _ => None,
    };
    let source = table.get("source").and_then(|node| reader.string("source", node));
    let share = figure(reader, key, value?, low?, high?, Some(source.map_or("", |s| s.value).to_owned()))?;
    Some((share, home.map(|(home, _)| home)))
}

/// A percentage of at most 100. A bare number has one plausible reading here, or two.
fn read_percentage(reader: &mut Reader<'_>, key: &str, node: &Node<'_>) -> Option<At<f64>> {
    if !matches!(node.get_ref(), DeValue::Integer(_) | DeValue::Float(_)) {
        return reader.share(key, node);
    }
    let written = reader.text.get(node.span()).unwrap_or_default();
    let help = match written.parse::<f64>() {
        Ok(number) if number > 0.0 && number < 1.0 => {
            format!("write \"{}%\" or, if {written} % is meant, \"{written}%\"", percent(number))
        }
        Ok(number) if (1.0..=100.0).contains(&number) => format!("write \"{written}%\""),
        _ => "write a number from 0 to 100 and a per cent sign in quotes, as \"25%\"".to_owned(),
    };
    reader.note(Problem::BareNumber { at: node.span().into(), help });
    None
}

fn figure(
    reader: &mut Reader<'_>,
    key: &str,
    value: At<f64>,
    low: Option<At<f64>>,
    high: Option<At<f64>>,
    source: Option<String>,
) -> Option<Figure> {
    let low = low.map_or(value.value, |low| low.value);
    let high = high.map_or(value.value, |high| high.value);
    if !(low <= value.value && value.value <= high) {
        reader.note(Problem::NotBetween { key: key.to_owned(), at: value.at });
    }
    Some(Figure { value: value.value, low, high, source: source? })
}

/// A number above 0.
fn positive(reader: &mut Reader<'_>, key: &str, node: &Node<'_>) -> Option<At<f64>> {
    let written = match node.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => {
            reader.wrong_type(key, "a number", node, None);
            return None;
        }
    };
    let at = node.span().into();
    let value = written.replace('_', "").parse().ok().filter(|value: &f64| *value > 0.0 && value.is_finite());
    if value.is_none() {
        let help = "write a number above 0".to_owned();
        reader.note(Problem::OutOfBounds { key: key.to_owned(), at, help });
    }
    Some(At { value: value?, at })
}

type Value = (Figure, Option<Figure>, Option<Figure>, SourceSpan);

/// The value of world production: written, or tonnes times the value of one.
fn read_value(reader: &mut Reader<'_>, table: Table<'_, '_>) -> Option<Value> {
    let mut read = |key| table.get(key).map(|node| read_figure(reader, key, node));
    let (value, tonnes, price) = (read("value_musd"), read("tonnes"), read("usd_per_tonne"));
    match (value, tonnes, price) {
        (Some(value), None, None) => Some((value?, None, None, table.key_at("value_musd"))),
        (None, Some(tonnes), Some(price)) => {
            let (tonnes, price) = (tonnes?, price?);
            let value = Figure {
                value: tonnes.value * price.value / 1e6,
                low: tonnes.low * price.low / 1e6,
                high: tonnes.high * price.high / 1e6,
                source: "tonnes times the value of a tonne".to_owned(),
            };
            Some((value, Some(tonnes), Some(price), table.key_at("tonnes")))
        }
        (Some(_), _, _) => {
            let other = if table.get("tonnes").is_some() { "tonnes" } else { "usd_per_tonne" };
            reader.note(Problem::Conflict {
                table: table.name.to_owned(),
                one: "value_musd",
                other,
                one_at: table.key_at("value_musd"),
                other_at: table.key_at(other),
                help: "the value is `tonnes` times `usd_per_tonne`, or it is `value_musd`: keep one of the two",
            });
            None
        }
        (None, tonnes, price) => {
            let (key, example) = match (&tonnes, &price) {
                (Some(_), _) => ("usd_per_tonne", "usd_per_tonne = { value = …, source = \"…\" }"),
                (_, Some(_)) => ("tonnes", "tonnes = { value = …, source = \"…\" }"),
                _ => (
                    "value_musd",
                    "value_musd = { value = …, source = \"…\" }, or `tonnes` and `usd_per_tonne`",
                ),
            };
            reader.required(table, key, example);
            None
        }
    }
}

/// Shares of exporters or buyers, which are a whole.
fn read_parts(
    reader: &mut Reader<'_>,
    key: &'static str,
    node: &Node<'_>,
    find: &mut dyn FnMut(&mut Reader<'_>, At<&str>) -> Option<usize>,
) -> Option<Parts> {
    let title = format!("`{key}`");
    let table = reader.table(&title, key, node)?;
    let source = reader.text(table, "source", "source = \"…\": where the shares come from");
    let mut parts = Parts::default();
    let (mut sum, mut whole) = (0.0, true);
    let keys: &[&str] = if key == "exporters" {
        &["value", "low", "high", "home", "source"]
    } else {
        &["value", "low", "high", "source"]
    };
    for (name, node) in table.entries {
        let word = name.get_ref().as_ref();
        if word == "source" {
            continue;
        }
        let is_sum = word == "others" || (word == "final" && key == "buyers");
        let keys = if is_sum { &keys[..3] } else { keys };
        let Some((share, home)) = read_share(reader, word, node, keys) else {
            whole = false;
            continue;
        };
        sum += share.value;
        match word {
            "others" => parts.others = share,
            "final" if key == "buyers" => parts.final_use = share,
            _ => match find(reader, At { value: word, at: name.span().into() }) {
                Some(of) => parts.named.push(Part { of, share, home }),
                None => whole = false,
            },
        }
    }
    if whole && (sum - 1.0).abs() > SLACK {
        let rest = percent(1.0 - sum);
        let help = match sum < 1.0 {
            true => format!("add the missing {rest} %, as others = \"{rest}%\""),
            false => "they are parts of one whole, 100 % together".to_owned(),
        };
        let (key, percent, at) = (key.to_owned(), percent(sum), table.at);
        reader.note(Problem::SharesSum { key, percent, at, help });
    }
    parts.source = source?.value.to_owned();
    Some(parts)
}

/// What the stage uses of earlier ones.
fn read_inputs(reader: &mut Reader<'_>, table: Table<'_, '_>, earlier: &[&str]) -> Vec<StageInput> {
    let Some(node) = table.get("input") else { return Vec::new() };
    let DeValue::Array(items) = node.get_ref() else {
        let help = "write input = [{ stage = \"REMET\", share = \"40%\" }]".to_owned();
        reader.wrong_type("input", "a list of tables", node, Some(help));
        return Vec::new();
    };
    let mut inputs = Vec::new();
    for item in items.iter() {
        let Some(table) = reader.table("the input", "input", item) else { continue };
        reader.check_keys(table, &["stage", "share"]);
        let stage = reader.text(table, "stage", "stage = \"REMET\"").and_then(|code| {
            let found = earlier.iter().position(|stage| *stage == code.value);
            if found.is_none() {
                let help = match (nearest(code.value, earlier.iter().copied()), earlier) {
                    (Some(near), _) => format!("did you mean `{near}`?"),
                    (None, []) => "a stage uses those before it, and this is the first".to_owned(),
                    (None, stages) => format!("the stages before this one are {}", stages.join(", ")),
                };
                let word = code.value.to_owned();
                reader.note(Problem::UnknownWord { key: "stage", word, at: code.at, help });
            }
            found
        });
        let share = reader
            .required(table, "share", "share = \"40%\"")
            .and_then(|node| read_share(reader, "share", node, &["value", "low", "high", "source"]));
        if let (Some(stage), Some((share, _))) = (stage, share) {
            inputs.push(StageInput { stage, share });
        }
    }
    inputs
}

/// Codes are used once, and no stage uses more of another than there is.
fn check_together(reader: &mut Reader<'_>, stages: &[Read]) {
    for (later, read) in stages.iter().enumerate() {
        for (earlier, other) in stages[..later].iter().enumerate() {
            if stages[earlier].stage.code == read.stage.code {
                let (code, first, again) = (read.stage.code.clone(), other.code_at, read.code_at);
                reader.note(Problem::CodeTwice { code, first, again });
            }
            for (one, first) in other.stage.hs.iter().zip(&other.hs_at) {
                for (code, again) in read.stage.hs.iter().zip(&read.hs_at) {
                    if one.starts_with(code.as_str()) || code.starts_with(one.as_str()) {
                        let (code, first, again) = (code.clone(), *first, *again);
                        reader.note(Problem::CodeTwice { code, first, again });
                    }
                }
            }
        }
    }
    for (position, read) in stages.iter().enumerate() {
        let used: f64 = stages
            .iter()
            .flat_map(|other| other.stage.inputs.iter().map(move |input| (other, input)))
            .filter(|(_, input)| input.stage == position)
            .map(|(other, input)| input.share.value * other.stage.value_musd.value)
            .sum();
        let value = read.stage.value_musd.value;
        if used > value * (1.0 + SLACK) {
            let (code, at) = (read.stage.code.clone(), read.value_at);
            let (used, value) = (format!("{used:.0}"), format!("{value:.0}"));
            reader.note(Problem::StageTooSmall { code, used, value, at });
        }
    }
}
