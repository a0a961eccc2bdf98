//! The scenarios that ship with the program.

/// Name and text of every shipped scenario.
const SHIPPED: [(&str, &str); 4] = [
    ("truce-2025", include_str!("../../scenarios/truce-2025.toml")),
    ("two-readings-2025", include_str!("../../scenarios/two-readings-2025.toml")),
    ("rare-earth-licence", include_str!("../../scenarios/rare-earth-licence.toml")),
    ("counter-levers-2025", include_str!("../../scenarios/counter-levers-2025.toml")),
];

/// Names of the shipped scenarios.
pub fn names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}

/// The text of a shipped scenario.
pub fn text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    /// Nothing in the folder is left out.
    #[test]
    fn every_scenario_of_the_folder_ships() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let mut names: Vec<String> = super::names().into_iter().map(str::to_owned).collect();
        files.sort();
        names.sort();
        assert_eq!(files, names);
    }
}
