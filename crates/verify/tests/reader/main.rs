//! The reader's pure half: published vectors, golden bytes, and the writer as a twin that must agree.

#[cfg(test)]
mod canonical;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod other_clients;
#[cfg(test)]
mod published_vectors;
#[cfg(test)]
mod writer_agrees;
