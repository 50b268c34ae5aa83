//! Which faces does this server show, and which one is a path part of?
//!
//! The internet zone, the government extranet and the monitoring network are separate, so that each may be served by a process
//! of its own. A path of a face that is not served is answered 404 with a sentence.

use guiju_kernel::procedure::definition::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Face {
    Portal,
    Workbench,
    Public,
    Leadership,
    /// Where monitoring stations hand in what they measured: a door for machines, without pages.
    Station,
}

/// The faces that a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Faces {
    pub portal: bool,
    pub workbench: bool,
    pub public: bool,
    pub leadership: bool,
    pub station: bool,
}

impl Faces {
    pub const ALL: Faces = Faces { portal: true, workbench: true, public: true, leadership: true, station: true };
    pub const NONE: Faces = Faces { portal: false, workbench: false, public: false, leadership: false, station: false };

    /// Reads names as `serve --face` takes them; no name at all means all faces.
    ///
    /// # Errors
    /// The first name that is no face.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Faces, String> {
        let mut faces = Faces::NONE;
        for name in names {
            match name {
                "portal" => faces.portal = true,
                "workbench" => faces.workbench = true,
                "public" => faces.public = true,
                "leadership" => faces.leadership = true,
                "station" => faces.station = true,
                other => return Err(other.to_owned()),
            }
        }
        Ok(if faces == Faces::NONE { Faces::ALL } else { faces })
    }

    pub fn has(self, face: Face) -> bool {
        match face {
            Face::Portal => self.portal,
            Face::Workbench => self.workbench,
            Face::Public => self.public,
            Face::Leadership => self.leadership,
            Face::Station => self.station,
        }
    }

    /// The faces with pages, for people to choose among.
    pub fn list(self) -> Vec<Face> {
        Face::ALL.into_iter().filter(|face| self.has(*face)).collect()
    }
}

impl Face {
    /// The faces with pages.
    pub const ALL: [Face; 4] = [Face::Portal, Face::Workbench, Face::Public, Face::Leadership];

    /// The face that a path belongs to; `None` for what all faces share (assets, sign-in, health).
    pub fn of(path: &str) -> Option<Face> {
        match path.trim_start_matches('/').split('/').next().unwrap_or_default() {
            "portal" => Some(Face::Portal),
            "work" => Some(Face::Workbench),
            // A licence bears the short address, and a draw is named by it.
            "public" | "draw" | "licence" => Some(Face::Public),
            "lead" => Some(Face::Leadership),
            "station" => Some(Face::Station),
            _ => None,
        }
    }

    pub fn home(self) -> &'static str {
        match self {
            Face::Portal => "/portal",
            Face::Workbench => "/work",
            Face::Public => "/public",
            Face::Leadership => "/lead",
            Face::Station => "/healthz",
        }
    }

    /// Workbench and leadership pages are set smaller: more rows, read all day.
    pub fn dense(self) -> bool {
        matches!(self, Face::Workbench | Face::Leadership)
    }

    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Face::Portal => ("企业门户", "Enterprise portal"),
            Face::Workbench => ("工作台", "Staff workbench"),
            Face::Public => ("政务公开", "Public site"),
            Face::Leadership => ("领导驾驶舱", "Leadership"),
            Face::Station => ("监测站接口", "Door for stations"),
        };
        Text { zh: zh.into(), en: en.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_face_named_means_all_and_a_wrong_name_is_said() {
        assert_eq!(Faces::named([]), Ok(Faces::ALL));
        assert_eq!(Faces::named(["public", "portal"]).map(Faces::list), Ok(vec![Face::Portal, Face::Public]));
        assert_eq!(Faces::named(["lobby"]), Err("lobby".into()));
    }

    #[test]
    fn a_path_belongs_to_the_face_of_its_first_part_only() {
        assert_eq!(Face::of("/work/case/7"), Some(Face::Workbench));
        assert_eq!(Face::of("/draw"), Some(Face::Public));
        assert_eq!(Face::of("/workshop"), None);
        assert_eq!(Face::of("/sign-in"), None);
    }
}
