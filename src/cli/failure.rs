//! What a command can end with when it does not succeed.

use crate::document::DocumentError;
use crate::equilibrium::EquilibriumError;
use crate::replicate::ReplicationError;
use crate::replicate::ario::CaseError;
use crate::results::write::WriteError;
use crate::scenario::short_run::ShortRunError;
use crate::scenario::{AnswerError, OpenError, RunError};
use crate::strategy::StrategyError;
use crate::strategy::game::{GameError, Wrong};
use crate::world::error::WorldError;

/// Why a command did not succeed, with the text for the person who typed it.
#[derive(Debug)]
pub enum Failure {
    /// A check failed; its findings are already printed.
    Check(String),
    /// The input is wrong.
    Input(String),
    /// Everything that is wrong with one file of the user.
    Report(Box<DocumentError>),
    /// The input is wrong, and it has been said.
    Told,
    /// No equilibrium, or no convergence.
    NoEquilibrium(String),
}

impl Failure {
    /// Prints the failure on standard error.
    pub fn report(&self) {
        match self {
            Self::Told => {}
            Self::Check(text) if text.is_empty() => {}
            Self::Check(text) | Self::Input(text) | Self::NoEquilibrium(text) => {
                super::complain(format_args!("detente: {text}"))
            }
            Self::Report(e) => {
                super::complain(format_args!("{}", e.render(super::open::color()).trim_end()));
            }
        }
    }

    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Check(_) => 1,
            Self::Input(_) | Self::Report(_) | Self::Told => 2,
            Self::NoEquilibrium(_) => 3,
        }
    }
}

impl From<WorldError> for Failure {
    fn from(e: WorldError) -> Self {
        Self::Input(e.to_string())
    }
}

impl From<&WorldError> for Failure {
    fn from(e: &WorldError) -> Self {
        Self::Input(e.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(e: OpenError) -> Self {
        match e {
            OpenError::Unreadable(text) => Self::Input(text),
            OpenError::Document(e) => e.into(),
            OpenError::World(e) => e.into(),
        }
    }
}

impl From<AnswerError> for Failure {
    fn from(e: AnswerError) -> Self {
        match e {
            AnswerError::Open(e) => e.into(),
            e if e.is_about_input() => Self::Input(e.to_string()),
            e => Self::NoEquilibrium(e.to_string()),
        }
    }
}

impl From<RunError> for Failure {
    fn from(e: RunError) -> Self {
        AnswerError::from(e).into()
    }
}

impl From<ShortRunError> for Failure {
    fn from(e: ShortRunError) -> Self {
        AnswerError::from(e).into()
    }
}

impl From<WriteError> for Failure {
    fn from(e: WriteError) -> Self {
        Self::Input(e.to_string())
    }
}

impl From<DocumentError> for Failure {
    fn from(e: DocumentError) -> Self {
        Self::Report(Box::new(e))
    }
}

impl From<EquilibriumError> for Failure {
    fn from(e: EquilibriumError) -> Self {
        if e.is_about_input() { Self::Input(e.to_string()) } else { Self::NoEquilibrium(e.to_string()) }
    }
}

impl From<ReplicationError> for Failure {
    fn from(e: ReplicationError) -> Self {
        match e {
            ReplicationError::World(e) => e.into(),
            ReplicationError::Equilibrium(e) => e.into(),
            ReplicationError::Strategy(e) => e.into(),
            ReplicationError::Case { ref problem, .. } if !problem.is_about_input() => {
                Self::NoEquilibrium(e.to_string())
            }
            ReplicationError::Case { .. } => Self::Input(e.to_string()),
        }
    }
}

impl From<StrategyError> for Failure {
    fn from(e: StrategyError) -> Self {
        match e {
            StrategyError::Equilibrium(e) => e.into(),
            StrategyError::Input(text) => Self::Input(text),
            _ => Self::NoEquilibrium(e.to_string()),
        }
    }
}

/// Arguments of a game are options here.
impl From<GameError> for Failure {
    fn from(e: GameError) -> Self {
        let text = e.told(|name| format!("--{}", name.replace('_', "-")));
        if e.is_about_input() { Self::Input(text) } else { Self::NoEquilibrium(text) }
    }
}

impl From<Wrong> for Failure {
    fn from(e: Wrong) -> Self {
        GameError::from(e).into()
    }
}

impl From<CaseError> for Failure {
    fn from(e: CaseError) -> Self {
        Self::Input(e.to_string())
    }
}
