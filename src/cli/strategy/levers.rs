//! The options that say which taxes the players of a game set.

use clap::{Args, ValueEnum};

use crate::cli::Failure;
use crate::strategy::game::{self, Levers, checked_bounds, checked_weight};

/// Which taxes the players set, and between which bounds.
#[derive(Clone, Debug, Args)]
pub struct LeverOptions {
    /// Taxes that the players set, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Instrument::ImportTariff])]
    instruments: Vec<Instrument>,
    /// One tariff a sector for all partners.
    #[arg(long)]
    mfn: bool,
    /// Taxes on these partners only, separated by commas.
    #[arg(long, value_name = "REGIONS", value_delimiter = ',')]
    on: Vec<String>,
    /// Taxes in these sectors only, separated by commas [default: goods].
    #[arg(long, value_name = "SECTORS", value_delimiter = ',')]
    sectors: Vec<String>,
    /// Lowest and highest tax, per cent.
    #[arg(long, value_name = "LO,HI", value_parser = bounds, default_value = "0,500", allow_hyphen_values = true)]
    bounds: (f64, f64),
    /// No tariff below today's.
    #[arg(long)]
    not_below_today: bool,
    /// How much each player minds the welfare of the others that play: 0 is not at all.
    #[arg(long, value_name = "WEIGHT", value_parser = weight, default_value_t = 0.0, allow_hyphen_values = true)]
    standing: f64,
    /// How much each player counts the welfare of others, its own being 1, separated by commas.
    #[arg(long, value_name = "REGION=WEIGHT", value_delimiter = ',', allow_hyphen_values = true)]
    minds: Vec<String>,
    /// Who keeps the rent of an export cap.
    #[arg(long, value_enum, default_value_t = Rent::Exporter)]
    rent: Rent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Instrument {
    /// Import tariffs.
    ImportTariff,
    /// Export taxes.
    ExportTax,
    /// Limits on the quantity of exports, each played as the tax that makes it hold.
    ExportCap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rent {
    /// Licences are sold: the wedge is an export tax.
    Exporter,
    /// Quotas are given to importers: the wedge is a duty that they keep.
    Importer,
}

impl LeverOptions {
    /// As the game has them.
    pub fn levers(&self) -> Result<Levers, Failure> {
        let instrument = |instrument: &Instrument| match instrument {
            Instrument::ImportTariff => game::Instrument::ImportTariff,
            Instrument::ExportTax => game::Instrument::ExportTax,
            Instrument::ExportCap => game::Instrument::ExportCap,
        };
        let rent = match self.rent {
            Rent::Exporter => game::Rent::Exporter,
            Rent::Importer => game::Rent::Importer,
        };
        Ok(Levers {
            instruments: self.instruments.iter().map(instrument).collect(),
            mfn: self.mfn,
            on: self.on.clone(),
            sectors: self.sectors.clone(),
            bounds: self.bounds,
            not_below_today: self.not_below_today,
            standing: self.standing,
            minds: self.minds.iter().map(|text| text.parse()).collect::<Result<_, game::Wrong>>()?,
            rent,
        })
    }
}

/// A weight on somebody's welfare.
fn weight(text: &str) -> Result<f64, String> {
    checked_weight(text.trim().parse().unwrap_or(f64::NAN))
}

/// `0,500` in per cent.
fn bounds(text: &str) -> Result<(f64, f64), String> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([low, high]) => Ok(checked_bounds((low / 100.0, high / 100.0))?),
        _ => Err("write two numbers in per cent, as in 0,500".to_owned()),
    }
}
