//! A data folder as a whole: an untouched one passes, and no change of any column, file or bit passes unseen.

#[cfg(test)]
mod bureau;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod speed;
