//! What every store promises, asked of each backend alike.
//!
//! PostgreSQL is the server at `GUIJU_TEST_POSTGRES`, else a throw-away one if its programs are found; else those tests say that they
//! are skipped. What only one backend promises (the lock file, a full disk) stands in its own module at the end.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a promise that is not kept must stop the test at that line"
)]

mod commits;
mod counts;
mod inbox;
mod leases;
mod logs;
mod payloads;
mod place;
mod postgres_server;
mod publications;
mod registers;
mod sample;
mod searches;
mod sqlite_folder;

/// Asks both backends for each promise.
macro_rules! promises {
    ($($module:ident :: { $($promise:ident),* $(,)? })*) => {
        mod sqlite { $(mod $module { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                crate::$module::$promise(crate::place::Place::folder()).await;
            }
        )* })* }
        mod postgres { $(mod $module { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                if let Some(place) = crate::place::Place::database() {
                    crate::$module::$promise(place).await;
                }
            }
        )* })* }
    };
}

promises! {
    leases::{
        a_lease_is_refused_while_another_holder_lives,
        an_overtaken_fence_can_neither_commit_nor_renew,
        a_lease_given_back_is_free_at_once,
    }
    commits::{
        everything_in_a_batch_reads_back_as_it_was_given,
        an_empty_batch_is_no_fault,
        nothing_of_a_batch_stays_when_any_part_of_it_fails,
        records_continue_their_log_and_never_run_backwards,
        a_row_is_replaced_whole,
        what_cannot_be_stored_everywhere_is_refused_before_writing,
        what_was_committed_is_there_after_opening_again,
        readers_see_whole_batches_while_a_writer_works,
    }
    counts::{
        kept_counts_equal_a_recount_after_any_changes,
        a_count_below_zero_is_refused,
    }
    inbox::{
        pages_meet_without_gap_or_repetition_at_ties,
        what_has_no_due_moment_comes_last,
        a_unit_sees_only_its_own_open_cases,
        filters_and_bands_narrow_the_same_order,
        what_is_overdue_comes_from_all_desks_at_once,
    }
    publications::{
        the_public_list_is_walked_newest_first_without_gap_or_repetition,
        what_is_owed_comes_by_its_due_moment_and_a_unit_sees_its_own_desk,
        a_hidden_party_is_found_by_nobody_and_the_index_says_who_made_it,
    }
    searches::{
        every_term_must_be_found_and_the_newest_comes_first,
        a_scope_hides_what_others_hold,
        hits_beyond_a_thousand_are_not_counted,
        a_replaced_text_is_no_longer_found,
        nothing_can_be_smuggled_into_the_query,
    }
    logs::{
        each_log_stands_where_its_last_record_stands,
        what_was_published_stays_as_it_was_published,
        steps_come_by_case_and_in_order_up_to_a_record,
        cases_are_listed_newest_first_or_by_id,
    }
    registers::{
        only_the_version_in_force_is_the_entry,
        the_latest_versions_of_many_keys_come_in_one_answer,
        entries_are_found_by_any_text_in_them_and_paged_by_key,
        the_register_at_a_moment_is_as_the_records_told_it,
        numbers_and_form_tokens_are_remembered,
    }
    payloads::{
        an_erased_payload_leaves_the_vault,
        a_dropped_key_is_gone_and_the_sealed_values_stay,
        the_same_file_or_pack_twice_is_no_fault,
        timers_ring_in_order_and_go_when_dropped,
        sessions_drafts_and_operations_come_and_go,
    }
}
