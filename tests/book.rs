//! The book keeps its promises: every variable is defined, every command is
//! described, every page and link exists, every example can be read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use detente::ledger::Ledger;
use detente::ledger::products::Products;
use detente::results::Variable;
use detente::scenario::Scenario;
use detente::world::World;
use detente::world::material::Material;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src")
}

fn page(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Names of all pages, in alphabetical order.
fn pages() -> BTreeSet<String> {
    let entries = fs::read_dir(folder()).expect("book/src can be read");
    entries
        .map(|entry| entry.expect("an entry of book/src").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".md"))
        .collect()
}

/// What stands between the fences of a page that open with ```` ```info ````.
fn blocks(text: &str, info: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(opened) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            if opened == info {
                found.push(body.join("\n") + "\n");
            }
        }
    }
    found
}

/// The text without its fenced blocks.
fn prose(text: &str) -> String {
    let mut inside = false;
    let keep = |line: &&str| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    };
    text.lines().filter(keep).collect::<Vec<_>>().join("\n")
}

/// Targets of the Markdown links of a text.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1);
    targets.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

/// Anchors of a page's headings, as mdBook makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    headings
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[test]
fn every_variable_has_its_definition() {
    let text = page("results.md");
    for variable in Variable::ALL {
        let heading = format!("### `{}`", variable.name());
        let (_, definition) =
            text.split_once(&heading).unwrap_or_else(|| panic!("results.md has no heading {heading}"));
        let definition = definition.split("\n#").next().unwrap_or_default();
        let unit = variable.unit();
        assert!(
            definition.to_lowercase().contains(&unit.to_lowercase()),
            "results.md does not give the unit of {}: {unit}",
            variable.name()
        );
        assert!(!blocks(definition, "text").is_empty(), "{} has no equation", variable.name());
    }
}

#[test]
fn the_columns_are_those_of_the_table() {
    let columns = detente::results::write::COLUMNS.join(", ");
    let shown = blocks(&page("results.md"), "text").concat().replace(",\n", ", ");
    assert!(shown.contains(&columns), "results.md does not show the columns {columns}");
}

#[test]
fn the_summary_names_every_page_once() {
    let mut listed = links(&page("SUMMARY.md"));
    listed.push("SUMMARY.md".to_owned());
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(unique.len(), listed.len(), "a page is listed twice");
    assert_eq!(unique, pages());
}

#[test]
fn every_relative_link_resolves() {
    for name in pages() {
        for link in links(&prose(&page(&name))) {
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let file = if file.is_empty() { name.as_str() } else { file };
            assert!(folder().join(file).is_file(), "{name}: no page {file}");
            assert!(
                anchor.is_empty() || anchors(&page(file)).contains(anchor),
                "{name}: {file} has no heading #{anchor}"
            );
        }
    }
}

/// Nothing is fetched while the book is read.
#[test]
fn no_page_embeds_a_foreign_resource() {
    for name in pages() {
        let text = prose(&page(&name));
        for sign in ["![", "<img", "<script", "<link", "<iframe"] {
            assert!(!text.contains(sign), "{name} embeds something: {sign}");
        }
    }
}

/// A block opened as `toml` is a whole file; `toml,fragment` is not read.
#[test]
fn every_whole_example_can_be_read() {
    let world = World::shipped("icio-2022").expect("the world ships");
    let mut read = 0;
    for name in pages() {
        for text in blocks(&page(&name), "toml") {
            if text.starts_with("ledger =") {
                let report = Ledger::parse(&name, &text, &world).map_err(|e| e.render(false));
                let (_, warnings) = report.unwrap_or_else(|report| panic!("{name}\n{report}"));
                assert!(warnings.is_empty(), "{name}: {warnings:?}");
            } else if text.starts_with("material =") {
                let products = Products::shipped().expect("the tables ship");
                Material::parse(&name, &text, &world, &|code| products.sectors_of(code))
                    .unwrap_or_else(|e| panic!("{name}\n{}", e.render(false)));
            } else {
                Scenario::parse("example", &name, &text)
                    .unwrap_or_else(|e| panic!("{name}\n{}", e.render(false)));
            }
            read += 1;
        }
    }
    assert!(read >= 2, "the book has a scenario and a ledger");
}

/// `commands.md` against `--help`: every command and every long option.
#[cfg(feature = "cli")]
#[test]
fn every_command_and_option_is_described() {
    let text = page("commands.md");
    let mut open = vec![Vec::new()];
    while let Some(command) = open.pop() {
        let help = help(&command);
        for option in options(&help) {
            let described = text.contains(&format!("`{option}"));
            assert!(described, "commands.md does not describe {option} of `detente {}`", command.join(" "));
        }
        for sub in subcommands(&help) {
            let full = [command.clone(), vec![sub]].concat();
            let name = full.join(" ");
            let described = text.contains(&format!("`detente {name}")) || text.contains(&format!("`{name}"));
            assert!(described, "commands.md does not describe `detente {name}`");
            open.push(full);
        }
    }
}

#[cfg(feature = "cli")]
fn help(command: &[String]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(command)
        .arg("--help")
        .output()
        .expect("the program runs");
    String::from_utf8(output.stdout).expect("help is text")
}

/// Long options of a help text.
#[cfg(feature = "cli")]
fn options(help: &str) -> BTreeSet<String> {
    let starts = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let words = starts.flat_map(str::split_whitespace);
    words.filter(|word| word.starts_with("--")).map(|word| word.trim_end_matches(',').to_owned()).collect()
}

/// Commands listed under `Commands:`, `help` left out.
#[cfg(feature = "cli")]
fn subcommands(help: &str) -> Vec<String> {
    let Some((_, list)) = help.split_once("Commands:\n") else { return Vec::new() };
    let lines = list.lines().take_while(|line| !line.trim().is_empty());
    let named = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named
        .filter_map(|line| line.split_whitespace().next())
        .filter(|n| *n != "help")
        .map(str::to_owned)
        .collect()
}

/// What the program prints, line by line: the long run on one page, the weeks on another,
/// the cards of strategy on a third, what the sides say on a fourth.
#[test]
#[cfg(feature = "cli")]
fn the_first_run_is_what_the_program_prints() {
    let shown = |name: &str, first: &str| {
        let page = page(name);
        let start = page.find(&format!("\n{first}")).unwrap() + 1;
        page[start..start + page[start..].find("```").unwrap()].to_owned()
    };
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["run", "scenarios/truce-2025.toml", "--quiet"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let printed = String::from_utf8(run.stdout).unwrap();
    let (long_run, rest) = printed.split_at(printed.find("The short run:").unwrap());
    let (weeks, rest) = rest.split_at(rest.find("The strategy of").unwrap());
    let (cards, sides) = rest.split_at(rest.find("What each side says").unwrap());
    for (shown, printed) in [
        (shown("first-run.md", "The truce of 2025:"), long_run),
        (shown("short-run.md", "The short run:"), weeks),
        (shown("strategy-cards.md", "The strategy of"), cards),
        (shown("accounts.md", "What each side says\n\n   "), sides),
    ] {
        assert_eq!(shown.lines().count(), printed.trim_end().lines().count());
        for (shown, printed) in shown.lines().zip(printed.lines()) {
            assert!(printed.starts_with(shown), "the book shows\n{shown}\nand the program prints\n{printed}");
        }
    }
}
