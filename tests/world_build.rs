//! The shipped worlds are what their builders make of the sources.
//!
//! Needs the source tables: set `DETENTE_DATA` to the folder that has `data/`
//! in it. To rewrite the shipped worlds after a builder has changed:
//! `cargo test --test world_build -- --ignored`.

use std::path::{Path, PathBuf};

use detente::world::build::build;
use detente::world::store::Existing;

const WORLDS: [(&str, &str); 3] = [
    ("icio-2022", "data/worlds/icio-2022"),
    ("icio-2019-g20", "data/worlds/icio-2019-g20"),
    ("cp2015", "data/replications/cp2015"),
];

fn sources() -> Option<PathBuf> {
    let folder = std::env::var_os("DETENTE_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: DETENTE_DATA does not name a folder with the source tables");
    }
    folder
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

#[test]
#[ignore = "rewrites the shipped worlds"]
fn rewrite_the_shipped_worlds() {
    let Some(from) = sources() else { return };
    for (name, folder) in WORLDS {
        let built = build(name, &from).unwrap();
        let target = shipped(folder);
        if !target.join("world.toml").exists_and_holds_a_world() {
            std::fs::remove_dir_all(&target).ok();
        }
        built.save(&target, Existing::Replace).unwrap();
    }
}

trait HoldsAWorld {
    fn exists_and_holds_a_world(&self) -> bool;
}

impl HoldsAWorld for PathBuf {
    fn exists_and_holds_a_world(&self) -> bool {
        std::fs::metadata(self).is_ok_and(|data| data.len() > 0)
    }
}
