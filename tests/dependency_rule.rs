//! The flow runs one way: every folder of `src` uses only folders before it.

use std::path::{Path, PathBuf};

/// The flow, first to last. Everybody may use the folders before its own.
const FLOW: [&str; 14] = [
    "numerics",
    "document",
    "world",
    "ledger",
    "equilibrium",
    "network",
    "strategy",
    "accounts",
    "results",
    "scenario",
    "replicate",
    "report",
    "app",
    "cli",
];

/// `src/ledger/state.rs` is in `ledger`, one level below it; `src/ledger.rs`
/// and `src/ledger/mod.rs` are `ledger` itself, at depth 1.
fn module_of(path: &Path) -> (String, usize) {
    let mut parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    (parts[0].clone(), parts.len())
}

/// The file up to its test module, comments blanked; line numbers stay.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut after_cfg_test = false;
    for line in text.lines() {
        let bare = line.trim();
        if after_cfg_test && bare.contains("mod ") && bare.ends_with('{') {
            break;
        }
        after_cfg_test = bare == "#[cfg(test)]";
        code.push_str(line.split("//").next().unwrap_or(""));
        code.push('\n');
    }
    code
}

/// Folders that code at `depth` names by a path from the root, with their lines.
fn uses(code: &str, depth: usize) -> Vec<(usize, String)> {
    let root = ["crate::".to_owned(), "super::".repeat(depth)];
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$';
    let mut found = Vec::new();
    for root in root {
        for (at, _) in code.match_indices(&root) {
            if code[..at].ends_with(word) {
                continue;
            }
            let rest = &code[at + root.len()..];
            let line = code[..at].lines().count().max(1) + usize::from(code[..at].ends_with('\n'));
            let names = match rest.strip_prefix('{') {
                Some(group) => heads(group),
                None => vec![head(rest)],
            };
            found.extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| (line, name)));
        }
    }
    found
}

fn head(path: &str) -> String {
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// First names of the paths in `a::b, c::{d, e}, f}`.
fn heads(group: &str) -> Vec<String> {
    let (mut names, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(head(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

/// What is wrong with one file, `path` being relative to `src`.
fn offences(path: &Path, text: &str) -> Vec<String> {
    let (folder, depth) = module_of(path);
    let Some(place) = FLOW.iter().position(|name| *name == folder) else {
        return vec![format!("src/{}: `{folder}` has no place in the flow: add it to FLOW", path.display())];
    };
    let mut offences = Vec::new();
    for (line, used) in uses(&code_of(text), depth) {
        if let Some(other) = FLOW.iter().position(|name| *name == used)
            && other > place
        {
            offences.push(format!(
                "src/{}:{line}: `{folder}` uses `{used}`, which comes later in the flow ({})",
                path.display(),
                FLOW.join(" < ")
            ));
        }
    }
    offences
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a readable folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn every_folder_uses_only_folders_before_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut found = Vec::new();
    for file in &files {
        let path = file.strip_prefix(&source).expect("a file of src");
        // The roots of the library and the program tie everything together.
        if path != Path::new("lib.rs") && path != Path::new("main.rs") {
            found.extend(offences(path, &std::fs::read_to_string(file).expect("a readable file")));
        }
    }
    assert!(files.len() > 10, "only {} files found", files.len());
    assert!(found.is_empty(), "the dependency rule is broken:\n{}", found.join("\n"));
}

#[test]
fn a_use_against_the_flow_is_found_and_named() {
    let text = "//! See crate::cli.\n\nuse crate::world::World;\nuse crate::{numerics::vector, equilibrium::{Calibration, Change}};\n\
                fn f() { crate::report::print(); }\n\n#[cfg(test)]\nmod tests {\n    use crate::app::x;\n}\n";
    let found = offences(Path::new("ledger/state.rs"), text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("src/ledger/state.rs:4: `ledger` uses `equilibrium`, which comes later"));
    assert!(found[1].starts_with("src/ledger/state.rs:5: `ledger` uses `report`, which comes later"));
    assert_eq!(offences(Path::new("scenario/run.rs"), text).len(), 1, "only the report comes after it");
    assert!(offences(Path::new("app/mod.rs"), text).is_empty());
}

#[test]
fn a_way_round_over_super_is_found_too() {
    let found =
        offences(Path::new("world/store.rs"), "use super::super::ledger;\nuse super::labels::Labels;\n");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("src/world/store.rs:1: `world` uses `ledger`"));
    assert_eq!(offences(Path::new("world/mod.rs"), "use super::ledger;\n").len(), 1);
}

#[test]
fn numerics_uses_only_itself_and_a_new_folder_needs_a_place() {
    assert_eq!(offences(Path::new("numerics/gmres.rs"), "use crate::world::World;").len(), 1);
    assert!(offences(Path::new("numerics/gmres.rs"), "use crate::numerics::vector::dot;").is_empty());
    assert_eq!(
        offences(Path::new("helpers/mod.rs"), ""),
        ["src/helpers/mod.rs: `helpers` has no place in the flow: add it to FLOW"]
    );
}
