//! Every refusal through the web door: somebody signs in, opens the form, posts it; the answer is the refusal with the article
//! that forbids the act and a link to where it can be read, and nothing has changed (the ledger's signed head, the case's version).
//!
//! The register of `law/domain-model.md`, section "Refusals", with the tests that hold each line. Lines about documents, payouts
//! and the risk pool belong to parts that are not built yet and are not here.
//!
//! | line | tests |
//! |---|---|
//! | decision without prior notice or before the defence period ends, unless waived | `penalty::no_decision_without_notice`, `penalty::no_decision_before_the_defence_period_ends_unless_it_was_waived`, `penalty::no_decision_before_the_defence_was_checked` |
//! | investigator as hearing chair or legal reviewer | `hearing::who_investigated_neither_summons_nor_chairs_nor_sits`, `penalty::who_investigated_does_not_review` |
//! | officer with expired card; fewer than two officers; related officer | `officers::an_expired_card_is_none`, `officers::a_suspended_card_is_none`, `officers::one_officer_is_not_two`, `officers::cards_are_shown`, `officers::a_related_officer_keeps_away` |
//! | simplified procedure with confiscation or above 200 / 3,000 yuan | `spot::nothing_is_confiscated_on_the_spot`, `spot::a_citizen_pays_200_at_most`, `spot::an_organisation_pays_3000_at_most` |
//! | decision where legal review is due and not passed | `penalty::no_decision_without_the_review_that_is_due`, `hearing::a_hearing_is_followed_by_legal_review` |
//! | over 90 days without extension or a counted pause | `penalty::after_ninety_days_there_is_no_decision`, `penalty::a_counted_pause_and_an_extension_make_the_ninety_days_longer` |
//! | late fee above the fine | `penalty::a_late_fee_does_not_exceed_the_fine` |
//! | hearing right omitted at 5,000 / 100,000 yuan | `hearing::the_right_to_be_heard_is_not_passed_over` (both thresholds, each a fen below as well), `hearing::no_decision_while_a_hearing_may_still_be_asked_for`, `hearing::a_waived_defence_is_no_waived_hearing` |
//! | licence from an item not on the list, or without authority basis | `licence::an_item_off_the_list_is_not_licensed`, `licence::a_licence_rests_on_a_listed_authority` |
//! | station licence outliving its frequency licence | `licence::a_station_licence_does_not_outlive_its_permit` |
//! | call sign outside the allocated series or twice in use | `licence::a_call_sign_lies_in_a_series_and_is_used_once` |
//! | second correction notice | `licence::corrections_are_told_once` |
//! | a pause without listed cause and notice | `pause::a_pause_needs_a_listed_cause`, `pause::a_pause_is_told_in_writing`, `pause::no_act_pauses_in_silence` |
//! | inspection with no plan line, complaint or lead | `inspection::an_inspection_rests_on_a_plan_line_a_complaint_or_a_lead` |
//! | a "random" one without a reproducible draw | `inspection::a_random_one_rests_on_a_draw_on_the_register`, `inspection::only_who_was_drawn_inspects` |
//! | publication without secrecy and privacy check | `publication::nothing_is_published_unchecked` |
//! | publication overdue without alarm | `publication::what_is_overdue_alarms_its_clerk_and_the_leadership` |
//! | the public sees what was published and nothing else | `public_list::*` |
//! | edit or deletion of a logged event | `ledger::no_address_edits_or_deletes_a_record`, `ledger::a_changed_store_is_found` |

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod browser;
mod hearing;
mod house;
mod inspection;
mod ledger;
mod licence;
mod matters;
mod officers;
mod pause;
mod penalty;
mod public_list;
mod publication;
mod radio;
mod sky;
mod spot;
mod tables;
