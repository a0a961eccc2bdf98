//! Where a result comes from: hashes of every input and of the table itself.
//!
//! `manifest.json` holds enough to run the same thing again and to see whether
//! the same table came out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::world::World;

/// What went into a run and what came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program.
    pub detente: String,
    /// The scenario file as it was named on the command line.
    pub scenario: String,
    /// SHA-256 of each input, by what it is: `scenario`, `ledger us-china`, `world icio-2022`.
    pub inputs: BTreeMap<String, String>,
    /// SHA-256 of each file written, by its name.
    pub outputs: BTreeMap<String, String>,
    /// Options that change results.
    pub options: BTreeMap<String, String>,
    /// When the run ended, UTC, RFC 3339.
    pub finished: String,
    /// How long it took.
    pub seconds: f64,
}

impl Manifest {
    /// The manifest as indented JSON with a final line break.
    pub fn to_json(&self) -> String {
        // A struct of strings, numbers and maps with string keys always serialises.
        serde_json::to_string_pretty(self).map(|json| json + "\n").unwrap_or_default()
    }
}

/// SHA-256 of everything in a world that changes results, however it is stored:
/// codes, base date, goods, elasticity sets, carved sectors and every array.
pub fn world_hash(world: &World) -> String {
    let mut digest = Sha256::new();
    for labels in [&world.regions, &world.sectors] {
        for code in labels.codes() {
            digest.update(code.as_bytes());
            digest.update([0]);
        }
        digest.update([1]);
    }
    digest.update(world.base_date.to_string().as_bytes());
    digest.update(world.goods.iter().map(|goods| u8::from(*goods)).collect::<Vec<_>>());
    for set in &world.elasticities {
        digest.update(set.name.as_bytes());
        digest.update([0]);
    }
    for carved in &world.carved {
        for word in [&carved.code, &carved.parent].into_iter().chain(&carved.hs) {
            digest.update(word.as_bytes());
            digest.update([0]);
        }
        digest.update([2]);
    }
    let sets = world.elasticities.iter().map(|set| set.theta.as_slice());
    let arrays = [world.trade_musd.as_slice(), &world.tariff, &world.input_share]
        .into_iter()
        .chain(world.final_share.as_deref())
        .chain(sets);
    for array in arrays {
        array.iter().for_each(|value| digest.update(value.to_le_bytes()));
    }
    hexadecimal(&digest.finalize())
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's example.
    #[test]
    fn the_hash_of_abc() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
