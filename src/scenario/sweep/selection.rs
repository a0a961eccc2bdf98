//! Which numbers of a case are kept?
//!
//! A number is kept if its variable, its region, its partner and its sector are. A number
//! of all sectors, or of no partner, has none to ask for.

use crate::document::read::nearest;
use crate::results::Variable;
use crate::scenario::Scenario;
use crate::world::World;

/// What is kept of the long run and the weeks unless somebody asks otherwise.
pub const USUAL: [Variable; 8] = [
    Variable::WelfareExact,
    Variable::EquivalentVariation,
    Variable::RealWage,
    Variable::TermsOfTrade,
    Variable::TariffRevenue,
    Variable::Imports,
    Variable::Exports,
    Variable::ValueAddedLost,
];

/// Codes, or all there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Codes {
    /// No code: only what has none.
    #[default]
    None,
    /// Every code.
    All,
    /// These.
    Some(Vec<String>),
}

/// What is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Variables, in the order of the table of variables.
    pub variables: Vec<Variable>,
    /// Regions. `all` has the sums over regions too; `others` and `world` name them.
    pub regions: Codes,
    /// Other regions of a flow or a tariff.
    pub partners: Codes,
    /// Sectors.
    pub sectors: Codes,
}

impl Default for Selection {
    /// The usual variables of every region and of the sums, without partners and sectors.
    fn default() -> Self {
        Self { variables: USUAL.to_vec(), regions: Codes::All, partners: Codes::None, sectors: Codes::None }
    }
}

impl Codes {
    /// From codes separated by commas: `none`, `all` or codes.
    pub fn of(text: &str) -> Self {
        match text.trim() {
            "" | "none" => Self::None,
            "all" => Self::All,
            codes => Self::Some(codes.split(',').map(|code| code.trim().to_owned()).collect()),
        }
    }

    /// As [`of`](Self::of) reads it.
    pub fn text(&self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::All => "all".to_owned(),
            Self::Some(codes) => codes.join(","),
        }
    }

    fn has(&self, code: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Some(codes) => codes.iter().any(|known| known == code),
        }
    }
}

impl Selection {
    /// Variables by their names.
    ///
    /// # Errors
    /// A sentence about the first name that no variable has.
    pub fn variables(names: &str) -> Result<Vec<Variable>, String> {
        let mut found = Vec::new();
        for name in names.split(',').map(str::trim) {
            let known = Variable::ALL.into_iter().find(|variable| variable.name() == name);
            found.push(known.ok_or_else(|| {
                let near = nearest(name, Variable::ALL.iter().map(|variable| variable.name()));
                let help = near.map_or("the book lists them under Results".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                });
                format!("there is no variable `{name}`; {help}")
            })?);
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// True if a number is kept; its codes are those of the result table.
    pub fn keeps(&self, variable: Variable, region: &str, partner: &str, sector: &str) -> bool {
        let region = if region.is_empty() { "world" } else { region };
        self.variables.contains(&variable)
            && (partner.is_empty() || self.partners.has(partner))
            && (sector.is_empty() || self.sectors.has(sector))
            && self.regions.has(region)
    }

    /// Codes that neither world has.
    ///
    /// # Errors
    /// A sentence about all of them.
    pub fn check(&self, worlds: &[&World], scenario: &Scenario) -> Result<(), String> {
        let mut problems = Vec::new();
        let mut unknown = |option: &str, codes: &Codes, sums: &[&str], of: fn(&World) -> &[String]| {
            let Codes::Some(codes) = codes else { return };
            let known =
                || worlds.iter().flat_map(|world| of(world)).map(String::as_str).chain(sums.iter().copied());
            for code in codes.iter().filter(|code| !known().any(|known| known == code.as_str())) {
                let help =
                    nearest(code, known()).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                problems.push(format!("--{option}: world {} has no `{code}`{help}", scenario.world));
            }
        };
        unknown("regions", &self.regions, &["others", "world"], |world| world.regions.codes());
        unknown("partners", &self.partners, &[], |world| world.regions.codes());
        unknown("sectors", &self.sectors, &[], |world| world.sectors.codes());
        if self.regions == Codes::None {
            problems.push("--regions: name a region, or leave it out for all".to_owned());
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    }
}
