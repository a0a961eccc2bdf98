//! A part of the page: one section, or one a reading where they differ.
//!
//! The first view shows; the page's script shows another when it is chosen. Figures of later
//! views have ids of their own, `real-income--2`.

use super::figure::Section;

/// A part of the page.
#[derive(Debug)]
pub struct Part {
    /// Anchor.
    pub id: &'static str,
    /// Heading.
    pub title: String,
    /// What stands under it, the first shown.
    pub views: Vec<View>,
}

/// A section as one reading has it.
#[derive(Debug)]
pub struct View {
    /// The reading; empty: of all.
    pub reading: String,
    /// What it has.
    pub section: Section,
}

impl From<Section> for Part {
    /// Of a section that is the same under every reading.
    fn from(section: Section) -> Self {
        let (id, title) = (section.id, section.title.clone());
        Self { id, title, views: vec![View { reading: String::new(), section }] }
    }
}

impl Part {
    /// Of a section under each reading; none without any.
    pub fn of(mut views: Vec<(&str, Section)>) -> Option<Self> {
        let (_, first) = views.first()?;
        let (id, title) = (first.id, first.title.clone());
        if views.iter().all(|(_, section)| section == first) {
            views.truncate(1);
        }
        let is_one = views.len() == 1;
        let view = |(place, (reading, mut section)): (usize, (&str, Section))| {
            if place > 0 {
                section.figures.iter_mut().for_each(|figure| figure.id += &format!("--{}", place + 1));
            }
            View { reading: if is_one { String::new() } else { reading.to_owned() }, section }
        };
        Some(Self { id, title, views: views.into_iter().enumerate().map(view).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(text: &str) -> Section {
        Section { id: "here", title: "Here".to_owned(), text: vec![text.to_owned()], ..Section::default() }
    }

    #[test]
    fn what_all_readings_say_stands_once() {
        let part = Part::of(vec![("a", section("same")), ("b", section("same"))]).expect("a part");
        assert_eq!((part.views.len(), part.views[0].reading.as_str()), (1, ""));
        let part = Part::of(vec![("a", section("one")), ("b", section("other"))]).expect("a part");
        let readings: Vec<&str> = part.views.iter().map(|view| view.reading.as_str()).collect();
        assert_eq!(readings, ["a", "b"]);
        assert!(Part::of(Vec::new()).is_none());
    }
}
