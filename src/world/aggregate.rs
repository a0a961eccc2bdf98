//! Fewer regions or sectors: the world seen through a concordance.
//!
//! ```text
//! M[S,N,I] = Σ M[s,n,i]                                 flows add up
//! t[S,N,I] = Σ M[s,n,i]·t[s,n,i] / Σ M[s,n,i]           so tariff revenue is kept
//! γ[N,K,J] = Σ γ[n,k,j]·Y[j,n]   / Σ Y[j,n]             so intermediate use is kept
//! θ[J]     = Σ W[j]·θ[j]         / Σ W[j]               W: trade between regions
//! α[N,K]   = Σ α[n,k]·I[n]       / Σ I[n]               I: income
//! ```
//!
//! Sums run over the members of a group. Trade between members of one region
//! becomes home sales, and keeps the revenue of its tariffs: the diagonal of
//! an aggregated world can carry a tariff. The weights of θ are the trade of the
//! original regions with each other; a mean of elasticities is an approximation,
//! and the only step here that is not exact. Where the weights are all zero the
//! plain mean is taken. A sector counts as a good if more than half of its
//! trade between regions is in goods. A carved sector that is merged with another
//! is no longer one: its product codes go where the codes of that group go.
//!
//! A concordance is TOML (`[regions]`, `[sectors]`, `[names]`) or CSV with the
//! columns `axis` (`region` or `sector`), `from`, `to`. A code that it does not
//! mention stays as it is.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use bytes::Bytes;
use serde::Deserialize;

use super::error::{CellProblem, WorldError};
use super::labels::Labels;
use super::store::read_if_there;
use super::table::{Layout, Table};
use super::{Carved, ElasticitySet, World};

/// Which codes become which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concordance {
    /// Region codes, old to new.
    pub regions: HashMap<String, String>,
    /// Sector codes, old to new.
    pub sectors: HashMap<String, String>,
    /// Readable names of new codes.
    pub names: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Groups {
    #[serde(default)]
    regions: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    sectors: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    names: HashMap<String, String>,
}

const COLUMNS: Layout<'_> =
    Layout { text: &["axis", "from", "to"], number: &[], optional_text: &["name"], optional_number: &[] };

impl Concordance {
    /// Reads a concordance from a `.toml` or `.csv` file.
    ///
    /// # Errors
    /// What is wrong in the file.
    pub fn read(path: &Path) -> Result<Self, WorldError> {
        let file = path.display().to_string();
        let content = read_if_there(path)?.ok_or_else(|| WorldError::MissingFile {
            place: path.parent().unwrap_or(Path::new(".")).display().to_string(),
            file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            help: "a concordance is TOML or CSV".to_owned(),
        })?;
        if file.ends_with(".toml") {
            Self::from_toml(&file, &String::from_utf8_lossy(&content))
        } else {
            Self::from_csv(&file, content)
        }
    }

    /// Reads groups: `[regions]` with `EU = ["DEU", "FRA"]`, and `[sectors]` alike.
    ///
    /// # Errors
    /// [`WorldError::Description`] for bad TOML or a code in two groups.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, WorldError> {
        let wrong = |reason: String| WorldError::Description { file: file.to_owned(), reason };
        let groups: Groups = toml::from_str(text).map_err(|e| wrong(format!("\n{e}")))?;
        let mut found = Self { names: groups.names, ..Self::default() };
        for (axis, groups, codes) in
            [("regions", groups.regions, &mut found.regions), ("sectors", groups.sectors, &mut found.sectors)]
        {
            for (group, members) in groups {
                for member in members {
                    if let Some(other) = codes.insert(member.clone(), group.clone()) {
                        return Err(wrong(format!(
                            "in [{axis}], `{member}` is in two groups, `{other}` and `{group}`"
                        )));
                    }
                }
            }
        }
        Ok(found)
    }

    /// Reads rows of `axis`, `from`, `to` and, if wanted, `name`.
    ///
    /// # Errors
    /// [`WorldError::Table`] with every bad row.
    pub fn from_csv(file: &str, content: Bytes) -> Result<Self, WorldError> {
        let table = Table::read(file, content, &COLUMNS)?;
        let mut found = Self::default();
        let mut problems = Vec::new();
        let (Some(axis), Some(from), Some(to)) = (table.text("axis"), table.text("from"), table.text("to"))
        else {
            return Ok(found);
        };
        for row in 0..table.rows() {
            let mut problem = |column: &str, what: String| {
                problems.push(CellProblem { row: table.row_number(row), column: column.into(), what });
            };
            let codes = match axis.get(row) {
                "region" => &mut found.regions,
                "sector" => &mut found.sectors,
                other => {
                    problem("axis", format!("`{other}` is neither `region` nor `sector`"));
                    continue;
                }
            };
            if codes.insert(from.get(row).to_owned(), to.get(row).to_owned()).is_some() {
                problem("from", format!("`{}` is already mapped", from.get(row)));
            }
            if let Some(name) = table.text("name").map(|t| t.get(row)).filter(|n| !n.is_empty()) {
                found.names.insert(to.get(row).to_owned(), name.to_owned());
            }
        }
        if problems.is_empty() {
            Ok(found)
        } else {
            Err(WorldError::Table { file: file.to_owned(), problems })
        }
    }
}

/// Position of each old code's group, and the groups' labels in order of first member.
fn group(
    old: &Labels,
    codes: &HashMap<String, String>,
    names: &HashMap<String, String>,
    world: &str,
) -> Result<(Vec<usize>, Labels), WorldError> {
    let mut unknown: Vec<String> =
        codes.keys().filter_map(|code| old.find(code).err()).map(|e| e.to_string()).collect();
    if !unknown.is_empty() {
        unknown.sort();
        return Err(WorldError::Inconsistent {
            world: world.to_owned(),
            reason: format!("the concordance has codes that the world does not: {}", unknown.join("; ")),
        });
    }
    let mut position: HashMap<&str, usize> = HashMap::new();
    let mut members: Vec<usize> = Vec::new();
    let mut pairs: Vec<(String, String)> = Vec::new();
    for index in 0..old.len() {
        let code = old.code(index);
        let new = codes.get(code).map_or(code, String::as_str);
        let next = pairs.len();
        let at = *position.entry(new).or_insert(next);
        if at == next {
            let own = if new == code && old.name(index) != code { old.name(index) } else { "" };
            pairs.push((new.to_owned(), names.get(new).map_or(own, String::as_str).to_owned()));
        }
        members.push(at);
    }
    let labels = Labels::new(pairs).map_err(|e| WorldError::Inconsistent {
        world: world.to_owned(),
        reason: format!("after merging, {e}"),
    })?;
    Ok((members, labels))
}

/// Weighted means of many cells at once; exact where all values of a cell agree.
struct Means {
    first: Vec<f64>,
    offset: Vec<f64>,
    weight: Vec<f64>,
    plain: Vec<f64>,
    count: Vec<f64>,
}

impl Means {
    fn new(cells: usize) -> Self {
        let zeros = vec![0.0; cells];
        Self {
            first: zeros.clone(),
            offset: zeros.clone(),
            weight: zeros.clone(),
            plain: zeros.clone(),
            count: zeros,
        }
    }

    fn add(&mut self, cell: usize, value: f64, weight: f64) {
        if self.count[cell] == 0.0 {
            self.first[cell] = value;
        }
        let difference = value - self.first[cell];
        self.offset[cell] += weight * difference;
        self.weight[cell] += weight;
        self.plain[cell] += difference;
        self.count[cell] += 1.0;
    }

    fn done(self) -> Vec<f64> {
        (0..self.first.len())
            .map(|c| match (self.weight[c] > 0.0, self.count[c] > 0.0) {
                (true, _) => self.first[c] + self.offset[c] / self.weight[c],
                (false, true) => self.first[c] + self.plain[c] / self.count[c],
                (false, false) => 0.0,
            })
            .collect()
    }
}

/// The world with the codes of a concordance.
///
/// # Errors
/// [`WorldError::Inconsistent`] if the concordance has a code that the world does not.
pub fn aggregate(world: &World, concordance: &Concordance) -> Result<World, WorldError> {
    world.check_shapes()?;
    let (n, j) = (world.region_count(), world.sector_count());
    let (region_of, regions) = group(&world.regions, &concordance.regions, &concordance.names, &world.name)?;
    let (sector_of, sectors) = group(&world.sectors, &concordance.sectors, &concordance.names, &world.name)?;
    let (n_new, j_new) = (regions.len(), sectors.len());

    let mut trade_musd = vec![0.0; j_new * n_new * n_new];
    let mut tariff = Means::new(trade_musd.len());
    let mut crossing = vec![0.0; j];
    for cell in 0..world.trade_musd.len() {
        let (sector, importer, exporter) = (cell / (n * n), cell / n % n, cell % n);
        let new = (sector_of[sector] * n_new + region_of[importer]) * n_new + region_of[exporter];
        trade_musd[new] += world.trade_musd[cell];
        tariff.add(new, world.tariff[cell], world.trade_musd[cell]);
        if importer != exporter {
            crossing[sector] += world.trade_musd[cell];
        }
    }

    let output = world.gross_output_musd();
    let mut input_share = vec![0.0; n_new * j_new * j_new];
    let mut plain = vec![0.0; input_share.len()];
    let mut weight = vec![0.0; n_new * j_new];
    let mut members = vec![0.0; n_new * j_new];
    for region in 0..n {
        for sector in 0..j {
            let column = region_of[region] * j_new + sector_of[sector];
            weight[column] += output[sector * n + region];
            members[column] += 1.0;
        }
    }
    for (cell, share) in world.input_share.iter().enumerate() {
        let (region, input, sector) = (cell / (j * j), cell / j % j, cell % j);
        let column = region_of[region] * j_new + sector_of[sector];
        let new = (region_of[region] * j_new + sector_of[input]) * j_new + sector_of[sector];
        let scale = if members[column] == 1.0 {
            1.0
        } else if weight[column] > 0.0 {
            output[sector * n + region] / weight[column]
        } else {
            0.0
        };
        input_share[new] += share * scale;
        plain[new] += share / members[column];
    }
    for (new, share) in input_share.iter_mut().enumerate() {
        let column = new / (j_new * j_new) * j_new + new % j_new;
        if weight[column] == 0.0 {
            *share = plain[new];
        }
    }

    let elasticities = world
        .elasticities
        .iter()
        .map(|set| {
            let mut theta = Means::new(j_new);
            for sector in 0..j {
                theta.add(sector_of[sector], set.theta[sector], crossing[sector]);
            }
            ElasticitySet { theta: theta.done(), ..set.clone() }
        })
        .collect();

    let final_share = world
        .final_share
        .as_ref()
        .map(|share| final_shares(world, share, &region_of, &sector_of, n_new, j_new));

    let mut in_goods = Means::new(j_new);
    for sector in 0..j {
        in_goods.add(sector_of[sector], f64::from(u8::from(world.goods[sector])), crossing[sector]);
    }
    let markup = world.markup.as_ref().map(|markup| {
        let mut mean = Means::new(j_new);
        for sector in 0..j {
            let made: f64 = output[sector * n..][..n].iter().sum();
            mean.add(sector_of[sector], markup[sector], made);
        }
        mean.done()
    });
    let people = |count: &Option<Vec<f64>>| {
        let count = count.as_ref()?;
        let mut sums = vec![0.0; n_new];
        for (region, people) in count.iter().enumerate() {
            sums[region_of[region]] += people;
        }
        // A group of which one member is not known is not known.
        for (region, _) in count.iter().enumerate().filter(|(_, people)| **people == 0.0) {
            sums[region_of[region]] = 0.0;
        }
        Some(sums)
    };
    let (population, households) = (people(&world.population), people(&world.households));
    let carved = still_carved(world, &sector_of, &sectors);
    let mut notes = world.notes.clone();
    if n_new < n || j_new < j {
        notes.push(format!(
            "Aggregated from {n} regions and {j} sectors: flows added up, tariffs weighted by trade (trade inside a \
             group is home sales and keeps its tariff revenue), input shares by output, elasticities by trade \
             between regions (an approximation)."
        ));
    }
    Ok(World {
        name: world.name.clone(),
        title: world.title.clone(),
        base_date: world.base_date,
        goods: in_goods.done().into_iter().map(|share| share > 0.5).collect(),
        regions,
        sectors,
        trade_musd,
        tariff: tariff.done(),
        input_share,
        final_share,
        elasticities,
        markup,
        population,
        households,
        sources: world.sources.clone(),
        notes,
        carved,
    })
}

/// Carved sectors that are still sectors of their own, under their new codes.
fn still_carved(world: &World, sector_of: &[usize], sectors: &Labels) -> Vec<Carved> {
    let alone = |child: usize| sector_of.iter().filter(|group| **group == sector_of[child]).count() == 1;
    let kept = world.carved_positions().filter(|(child, _, _)| alone(*child));
    kept.map(|(child, parent, carved)| Carved {
        code: sectors.code(sector_of[child]).to_owned(),
        parent: sectors.code(sector_of[parent]).to_owned(),
        ..carved.clone()
    })
    .collect()
}

fn final_shares(
    world: &World,
    share: &[f64],
    region_of: &[usize],
    sector_of: &[usize],
    n_new: usize,
    j_new: usize,
) -> Vec<f64> {
    let (n, j) = (world.region_count(), world.sector_count());
    let (added, revenue, deficit) =
        (world.value_added_musd(), world.tariff_revenue_musd(), world.deficit_musd());
    let income: Vec<f64> = (0..n).map(|r| (added[r] + revenue[r] + deficit[r]).max(0.0)).collect();
    let mut total = vec![0.0; n_new];
    let mut members = vec![0.0; n_new];
    for region in 0..n {
        total[region_of[region]] += income[region];
        members[region_of[region]] += 1.0;
    }
    let mut new = vec![0.0; n_new * j_new];
    for region in 0..n {
        let group = region_of[region];
        let weight = if members[group] == 1.0 {
            1.0
        } else if total[group] > 0.0 {
            income[region] / total[group]
        } else {
            1.0 / members[group]
        };
        for sector in 0..j {
            new[group * j_new + sector_of[sector]] += weight * share[region * j + sector];
        }
    }
    new
}
