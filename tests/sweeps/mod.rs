//! A small scenario with a trade war, a limit on a quantity and weeks.

use std::path::Path;

pub const LEDGER: &str = r#"
ledger = { title = "A trade war, made up" }

[[measure]]
id = "us-on-china"
kind = "import-tariff"
by = "USA"
on = "CHN"
sectors = ["C"]
rate = { 2025-06-01 = "25%" }
source = "made up"

[[measure]]
id = "china-on-us"
kind = "import-tariff"
by = "CHN"
on = "USA"
sectors = ["A", "C"]
rate = { 2025-06-10 = "15%" }
source = "made up"

[[measure]]
id = "ores"
kind = "export-licence"
by = "CHN"
on = "*"
coverage = { B = "60%" }
approval = { 2025-06-15 = "20%", 2025-07-15 = "60%" }
source = "made up"
"#;

pub const SCENARIO: &str = r#"
title  = "A small war"
world  = "icio-2019-g20"
ledger = "war.toml"
actors = ["USA", "CHN"]

[[phase]]
name = "before"
date = 2025-01-01

[[phase]]
name  = "war"
title = "War"
date  = 2025-06-12

[[phase]]
name = "worse"
date = 2025-06-12
set  = { us-on-china = "60%" }

[long_run]
draws  = 8
spread = "20%"
seed   = 5

[short_run]
from  = 2025-06-15
weeks = 13
draws = 8
approval_late = ["0 days", "20 days"]
"#;

/// The scenario and its ledger in a folder.
pub fn write(folder: &Path) {
    std::fs::write(folder.join("small.toml"), SCENARIO).unwrap();
    std::fs::write(folder.join("war.toml"), LEDGER).unwrap();
}
