//! Where does a study act in the network of the weeks?
//!
//! Its exports limit the sales of the controlled sector to each of its regions. Its
//! lines that stand are a loss of capacity of their industry: vehicle lines of all
//! of it, those of a further user of the part that is made on such lines. Several
//! users of one industry add up.

use std::collections::{BTreeMap, BTreeSet};

use super::ShortRunError;
use crate::network::study::monte_carlo::RegionPath;
use crate::network::{CapacityLoss, LinkCap, Network, Recovery, Shocks, Study};
use crate::world::World;

/// A region of a study in the network.
pub(super) struct Place {
    /// Links that the study limits.
    pub links: Vec<u32>,
    /// Industries whose lines stand, as nodes in each member of the region.
    industries: Vec<Industry>,
}

struct Industry {
    nodes: Vec<u32>,
    /// True if vehicle lines are of it.
    vehicles: bool,
    /// Positions of the users that are of it.
    users: Vec<usize>,
}

impl Place {
    /// Nodes whose lines the study follows.
    pub fn nodes(&self) -> impl Iterator<Item = u32> {
        self.industries.iter().flat_map(|industry| industry.nodes.iter().copied())
    }

    /// Adds what one draw does here. `offset` is the day of the run on which the
    /// study begins.
    pub fn disturb(&self, path: &RegionPath, offset: f64, shocks: &mut Shocks) {
        if !self.links.is_empty() {
            let levels = weekly(offset, &path.exports).collect();
            shocks.caps.push(LinkCap { links: self.links.clone(), levels });
        }
        for industry in &self.industries {
            let vehicles = path.standing.as_ref().filter(|_| industry.vehicles);
            let users = industry.users.iter().filter_map(|user| path.users.get(*user));
            let mut lost = vec![0.0_f32; path.exports.len()];
            for standing in vehicles.into_iter().chain(users) {
                lost.iter_mut().zip(standing).for_each(|(sum, share)| *sum = (*sum + share).min(1.0));
            }
            for (from_day, loss) in weekly(offset, &lost).filter(|(_, loss)| *loss > 0.0) {
                let (nodes, recovery) = (industry.nodes.clone(), Recovery::AtOnce);
                shocks.losses.push(CapacityLoss {
                    nodes,
                    from_day,
                    until_day: from_day + 7.0,
                    loss,
                    recovery,
                });
            }
        }
    }
}

/// Means of the weeks of a daily series, each with its first day.
fn weekly(offset: f64, series: &[f32]) -> impl Iterator<Item = (f64, f64)> {
    series.chunks(7).enumerate().map(move |(week, days)| {
        let mean = days.iter().map(|day| f64::from(*day)).sum::<f64>() / days.len() as f64;
        (offset + 7.0 * week as f64, mean)
    })
}

/// The places of a study, `[region]`. Members that the world does not have are nowhere.
pub(super) fn of(
    study: &Study,
    world: &World,
    network: &Network,
    sender: usize,
) -> Result<Vec<Place>, ShortRunError> {
    let sectors = world.sector_count();
    let sector = |code: &str, key: &str| {
        world.sectors.find(code).map_err(|unknown| {
            ShortRunError::Unknown(format!("study {}, {key}: {unknown} (world {})", study.name, world.name))
        })
    };
    let vehicles = study.industry.as_deref().map(|code| sector(code, "industry")).transpose()?;
    let mut users: BTreeMap<usize, Vec<usize>> =
        vehicles.iter().map(|sector| (*sector, Vec::new())).collect();
    for (place, user) in study.users.iter().enumerate() {
        let found = sector(&user.industry, &format!("user {}, industry", user.code))?;
        users.entry(found).or_default().push(place);
    }
    // Without the material carved out, the study's lines still stand.
    let material = study.material.as_deref().and_then(|code| world.sectors.find(code).ok());
    let regions = study.regions.iter().zip(study.members(world, Some(sender)));
    let place = |(region, members): (&crate::network::study::Region, Vec<usize>)| {
        let followed = if region.tonnes.is_some() { members.as_slice() } else { &[] };
        let industry = |(sector, users): (&usize, &Vec<usize>)| Industry {
            nodes: followed.iter().map(|member| (member * sectors + sector) as u32).collect(),
            vehicles: vehicles == Some(*sector),
            users: users.clone(),
        };
        let links = material.map_or(Vec::new(), |material| {
            let of = |member: &usize| network.links_between(material as u32, *member as u32, sender as u32);
            members.iter().flat_map(of).collect()
        });
        let industries = users.iter().map(industry).filter(|industry| !industry.nodes.is_empty());
        Place { links, industries: industries.collect() }
    };
    Ok(regions.map(place).collect())
}

/// Links that the study limits.
pub(super) fn links(places: &[Place]) -> BTreeSet<u32> {
    places.iter().flat_map(|place| place.links.iter().copied()).collect()
}
