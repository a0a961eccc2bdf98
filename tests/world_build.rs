//! The shipped worlds are what their builders make of the sources.
//!
//! Needs the source tables: `DETENTE_DATA` names the folder that has `data/` in
//! it, or a folder `shared` stands beside the project. To rewrite a shipped world
//! after its builder has changed: `detente world build`.

use std::path::{Path, PathBuf};

use detente::world::build::build;

const WORLDS: [(&str, &str); 6] = [
    ("icio-2022", "data/worlds/icio-2022"),
    ("icio-2019-g20", "data/worlds/icio-2019-g20"),
    ("cp2015", "data/replications/cp2015"),
    ("liberation2025", "data/replications/liberation2025"),
    ("ll2014", "data/replications/ll2014"),
    ("ossa2014", "data/replications/ossa2014"),
];

fn sources() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("DETENTE_DATA").map_or(beside, PathBuf::from);
    if !folder.join("data/icio2022_trade28").is_dir() {
        eprintln!("SKIPPED: no source tables; name their folder in DETENTE_DATA");
        return None;
    }
    Some(folder)
}

fn shipped(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

#[test]
fn building_again_gives_the_shipped_bytes() {
    let Some(from) = sources() else { return };
    for (name, folder) in WORLDS {
        let files = build(name, &from).unwrap().files().unwrap();
        assert_eq!(files, build(name, &from).unwrap().files().unwrap(), "{name} twice");
        for (file, content) in files {
            let committed = std::fs::read(shipped(folder).join(&file)).unwrap();
            assert!(committed == content, "{folder}/{file} is not what the builder makes");
        }
    }
}
