//! Persons and households of economies in the middle of 2022, millions.
//!
//! Written down from memory, to three digits at most: persons as in the United
//! Nations' *World Population Prospects 2022*, of the world 7,975 million;
//! households where a census or a labour force survey of 2019 to 2022 is well
//! known. They are off by a few per cent at most, and serve one purpose: to turn
//! sums into dollars per head.

use crate::world::labels::Labels;

const WORLD_PERSONS: f64 = 7975.0;

/// Code, persons, households (0: not known), millions; the rest of the world is what is left.
const PEOPLE: [(&str, f64, f64); 80] = [
    ("AGO", 35.6, 0.0),
    ("ARE", 9.44, 0.0),
    ("ARG", 45.5, 0.0),
    ("AUS", 26.2, 9.8),
    ("AUT", 8.94, 4.07),
    ("BEL", 11.7, 5.08),
    ("BGD", 171.0, 41.0),
    ("BGR", 6.78, 0.0),
    ("BLR", 9.53, 0.0),
    ("BRA", 215.0, 72.5),
    ("BRN", 0.449, 0.0),
    ("CAN", 38.5, 15.0),
    ("CHE", 8.74, 3.97),
    ("CHL", 19.6, 0.0),
    ("CHN", 1426.0, 494.0),
    ("CIV", 28.2, 0.0),
    ("CMR", 27.9, 0.0),
    ("COD", 99.0, 0.0),
    ("COL", 51.9, 17.8),
    ("CRI", 5.18, 0.0),
    ("CYP", 1.25, 0.0),
    ("CZE", 10.5, 4.8),
    ("DEU", 83.4, 40.9),
    ("DNK", 5.88, 2.8),
    ("EGY", 111.0, 0.0),
    ("ESP", 47.6, 19.1),
    ("EST", 1.33, 0.0),
    ("FIN", 5.54, 2.8),
    ("FRA", 67.9, 30.6),
    ("GBR", 67.5, 28.2),
    ("GRC", 10.4, 4.3),
    ("HKG", 7.49, 2.67),
    ("HRV", 4.03, 0.0),
    ("HUN", 9.97, 4.0),
    ("IDN", 276.0, 74.0),
    ("IND", 1417.0, 300.0),
    ("IRL", 5.02, 1.84),
    ("ISL", 0.373, 0.0),
    ("ISR", 9.04, 2.8),
    ("ITA", 59.0, 26.0),
    ("JOR", 11.3, 0.0),
    ("JPN", 124.0, 55.7),
    ("KAZ", 19.4, 0.0),
    ("KHM", 16.8, 0.0),
    ("KOR", 51.8, 21.8),
    ("LAO", 7.53, 0.0),
    ("LTU", 2.75, 0.0),
    ("LUX", 0.648, 0.0),
    ("LVA", 1.85, 0.0),
    ("MAR", 37.5, 0.0),
    ("MEX", 128.0, 37.6),
    ("MLT", 0.533, 0.0),
    ("MMR", 54.2, 0.0),
    ("MYS", 33.9, 0.0),
    ("NGA", 219.0, 0.0),
    ("NLD", 17.6, 8.2),
    ("NOR", 5.43, 2.5),
    ("NZL", 5.19, 0.0),
    ("PAK", 236.0, 0.0),
    ("PER", 34.0, 0.0),
    ("PHL", 116.0, 26.4),
    ("POL", 37.8, 0.0),
    ("PRT", 10.3, 4.15),
    ("ROU", 19.0, 0.0),
    ("RUS", 145.0, 0.0),
    ("SAU", 36.4, 0.0),
    ("SEN", 17.3, 0.0),
    ("SGP", 5.64, 1.42),
    ("STP", 0.227, 0.0),
    ("SVK", 5.43, 0.0),
    ("SVN", 2.12, 0.0),
    ("SWE", 10.5, 4.8),
    ("THA", 71.7, 0.0),
    ("TUN", 12.4, 0.0),
    ("TUR", 85.3, 26.1),
    ("TWN", 23.9, 9.1),
    ("UKR", 39.7, 0.0),
    ("USA", 333.0, 131.0),
    ("VNM", 98.2, 26.9),
    ("ZAF", 59.9, 0.0),
];

/// Persons and households of every region, 0 where not known.
pub fn people(regions: &Labels) -> (Vec<f64>, Vec<f64>) {
    let listed: f64 = PEOPLE.iter().map(|(_, persons, _)| persons).sum();
    let of = |code: &String| match PEOPLE.iter().find(|(known, ..)| known == code) {
        Some((_, persons, households)) => (persons * 1e6, households * 1e6),
        None if code == "ROW" => ((WORLD_PERSONS - listed).round() * 1e6, 0.0),
        None => (0.0, 0.0),
    };
    regions.codes().iter().map(of).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_counted_twice_and_households_are_of_a_likely_size() {
        for (i, (code, persons, households)) in PEOPLE.iter().enumerate() {
            assert!(PEOPLE[..i].iter().all(|(other, ..)| other < code), "{code} in order, once");
            let size = persons / households;
            assert!(*households == 0.0 || (1.8..5.0).contains(&size), "{code}: {size} a household");
        }
        let labels = Labels::new([("ROW", ""), ("XXX", ""), ("USA", "")]).unwrap();
        let (persons, households) = people(&labels);
        assert!((900e6..2000e6).contains(&persons[0]), "{}", persons[0]);
        assert_eq!((persons[1], households[2]), (0.0, 131e6));
    }
}
