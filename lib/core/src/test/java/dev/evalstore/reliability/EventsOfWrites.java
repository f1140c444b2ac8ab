package dev.evalstore.reliability;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The events that the writes append, by their types; a write that is not here appends none. */
final class EventsOfWrites {
    private static final Map<String, List<String>> ALL = new TreeMap<>();

    static {
        add("organizations.create/2", "membership.created", "organization.created");
        add("organizations.update/2", "organization.updated");
        add("organizations.verify/2", "organization.verified");
        add("organizations.unverify/1", "organization.unverified");
        add("organizations.softDelete/1", "organization.deleted");
        add("organizations.addMember/2", "membership.created");
        add("organizations.addMember/3", "membership.created");
        add("organizations.changeRole/3", "membership.role_changed");
        add("organizations.removeMember/2", "membership.removed");
        add("organizations.leave/2", "membership.left");
        add("users.softDelete/1, a member", "membership.removed");
        add("users.anonymize/1, a member", "membership.removed");
        add("users.delete/1, a member", "membership.removed");
        add("definitions.create/3", "definition.created", "definition_version.published");
        add("definitions.update/2", "definition.updated");
        add("definitions.submitForReview/1", "definition.submitted_for_review");
        add("definitions.returnToDraft/2", "definition.returned_to_draft");
        add("definitions.activate/1", "definition.activated");
        add("definitions.deprecate/2", "definition.deprecated");
        add("definitions.reactivate/1", "definition.reactivated");
        add("definitions.archive/1", "definition.archived");
        add("definitions.softDelete/1", "definition.deleted");
        add("definitions.publish/3", "definition_version.published");
        add("definitions.publish/3, by number", "definition_version.published");
        add("definitions.updateVersion/2", "definition_version.updated");
        add("submissions.submit/1", "submission.created");
        add("submissions.submit/1, by copy", "submission.created");
        add("submissions.changeVisibility/2", "submission.visibility_changed");
        add("submissions.revoke/2", "submission.revoked");
        add("submissions.softDelete/1", "submission.deleted");
        add("submissions.softDelete/1, being verified", "submission.deleted", "verification.cancelled");
        add("verifications.request/1", "verification.requested");
        add("verifications.claim/4", "verification.claimed");
        add("verifications.claimByPerson/2", "verification.claimed");
        add("verifications.claimByPerson/3", "verification.claimed");
        add("verifications.complete/2", "submission.level_raised", "verification.completed");
        add("verifications.complete/2, by a person", "submission.level_raised", "verification.completed");
        add("verifications.fail/2", "verification.failed");
        add("verifications.cancel/1", "verification.cancelled");
        add("verifications.release/1", "verification.released");
        add("verifications.releaseHeldBy/1", "verification.released");
        add("verifications.requeueExpired/1", "verification.requeued");
        add("workers.deregister/1, with a verification", "verification.released");
        add("communityVerifications.create/1", "community_verification.created");
        add("communityVerifications.vote/3", "community_verification.threshold_reached", "submission.level_raised");
        add("communityVerifications.flag/1", "community_verification.flagged");
        add(
                "communityVerifications.unflag/1",
                "community_verification.threshold_reached",
                "community_verification.unflagged",
                "submission.level_raised");
        add("communityVerifications.review/4", "community_verification.reviewed");
        add("datasets.create/1", "dataset.created");
        add("datasets.update/2", "dataset.updated");
        add("datasets.delete/1", "dataset.deleted");
        add("experiments.create/1", "experiment.created");
        add("experiments.update/2", "experiment.updated");
        add("experiments.start/1", "experiment.started");
        add("experiments.complete/4", "experiment.completed");
        add("experiments.fail/2", "experiment.failed");
        add("experiments.cancel/1", "experiment.cancelled");
        add("experiments.archive/1", "experiment.archived");
        add("experiments.restore/1", "experiment.restored");
        add("experiments.archiveOld/1", "experiment.archived");
        add("experiments.delete/1", "experiment.deleted");
        add("comparisons.create/1", "comparison.created");
        add("comparisons.delete/1", "comparison.deleted");
        add("proposals.create/1", "proposal.created");
        add("proposals.update/2", "proposal.updated");
        add("proposals.submitForReview/1", "proposal.submitted_for_review");
        add("proposals.returnToDraft/2", "proposal.returned_to_draft");
        add("proposals.openVoting/3", "proposal.voting_opened");
        add("proposals.openVoting/2", "proposal.voting_opened");
        add("proposals.close/1", "proposal.approved");
        add("proposals.close/1, rejected", "proposal.rejected");
        add("proposals.closeDue/1", "proposal.approved");
        add("proposals.withdraw/1", "proposal.withdrawn");
        add("proposals.implement/2", "definition.deprecated", "proposal.implemented");
        add("proposals.closeDiscussion/1", "proposal.discussion_closed");
        add("proposals.reopenDiscussion/1", "proposal.discussion_reopened");
        add("reviews.create/2", "review.created");
        add("reviews.start/1", "review.started");
        add("reviews.complete/3", "review.completed");
        add("reviews.decline/2", "review.declined");
        add("reviews.reopen/1", "review.reopened");
        add("amendments.accept/3", "proposal.amended");
    }

    private EventsOfWrites() {}

    private static void add(String write, String... types) {
        ALL.put(write, List.of(types));
    }

    /** Those of the rooms that always tell, and none for every other write. */
    static Map<String, List<String>> all() {
        return ALL;
    }
}
