//! One writer at a time, and one that was overtaken stays out.

use guiju_store::{LEASE_MS, Log, StoreError};

use crate::place::{NOW, Place};
use crate::sample::records;

pub async fn a_lease_is_refused_while_another_holder_lives(place: Place) {
    let (store, first) = place.writer().await;
    let refused = store.take_lease("another", NOW + LEASE_MS - 1).await;
    assert!(matches!(&refused, Err(StoreError::Locked(holder)) if holder.contains("the test")), "{refused:?}");
    store.renew_lease(&first, NOW + LEASE_MS - 1).await.unwrap();
    assert!(store.take_lease("another", NOW + LEASE_MS).await.is_err(), "renewed, hence not yet over");
    let second = store.take_lease("another", NOW + 2 * LEASE_MS).await.unwrap();
    assert!(second.number > first.number);
}

pub async fn an_overtaken_fence_can_neither_commit_nor_renew(place: Place) {
    let (store, first) = place.writer().await;
    store.commit(&first, &records(0, 2)).await.unwrap();
    let second = store.take_lease("another", NOW + LEASE_MS).await.unwrap();
    assert!(matches!(store.commit(&first, &records(2, 1)).await, Err(StoreError::Fenced)));
    assert!(matches!(store.renew_lease(&first, NOW + LEASE_MS).await, Err(StoreError::Fenced)));
    assert_eq!(store.position(Log::Events).await.unwrap().size, 2);
    store.release_lease(&first).await.unwrap();
    assert!(store.take_lease("the test", NOW + LEASE_MS).await.is_err(), "the overtaken gave back what is not theirs");
    store.commit(&second, &records(2, 1)).await.unwrap();
    // The same holder again: its own older fence is overtaken too.
    let third = store.take_lease("another", NOW + LEASE_MS).await.unwrap();
    assert!(matches!(store.commit(&second, &records(3, 1)).await, Err(StoreError::Fenced)));
    store.commit(&third, &records(3, 1)).await.unwrap();
}

pub async fn a_lease_given_back_is_free_at_once(place: Place) {
    let (store, first) = place.writer().await;
    store.release_lease(&first).await.unwrap();
    let second = store.take_lease("another", NOW).await.unwrap();
    assert!(second.number > first.number);
    assert!(matches!(store.commit(&first, &records(0, 1)).await, Err(StoreError::Fenced)));
}
