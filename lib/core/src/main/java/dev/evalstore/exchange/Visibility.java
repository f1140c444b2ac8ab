package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/**
 * Which submissions a viewer sees: the one place that states the rule of {@link Viewer}, as conditions over the alias {@code
 * s} of {@code evalstore.submissions}. Whatever returns something that hangs on a submission joins the submission under that
 * alias and adds one of the two; so pages and counts never tell of more. The subqueries depend on no row, so the server runs
 * each once.
 */
final class Visibility {
    private static final String NOTHING_MORE = "";

    private static final String LIVE = "and s.deleted_at is null";

    private static final String LISTED = "and s.deleted_at is null and s.visibility = 'public'";

    private static final String OPEN = "and s.deleted_at is null and s.visibility <> 'private'";

    /** The submitter and the members of the organization. Only a user who is not deleted can be active. */
    private static final String OWN = """
            s.submitted_by = (select u.id from evalstore.users u where u.id = ? and u.active)
            or s.organization_id in (
                select m.organization_id from evalstore.organization_members m
                join evalstore.organizations o on o.id = m.organization_id
                join evalstore.users u on u.id = m.user_id
                where m.user_id = ? and u.active and o.deleted_at is null)""";

    private static final String ADMIN = """
            exists (select from evalstore.users u where u.id = ? and u.active and u.role = 'admin')""";

    private static final String LISTED_TO = """
            and s.deleted_at is null and (s.visibility = 'public' or {own} or {admin})""".replace("{own}", OWN).replace("{admin}", ADMIN);

    private static final String OPEN_TO = """
            and (s.deleted_at is null and (s.visibility <> 'private' or {own}) or {admin})""".replace("{own}", OWN).replace("{admin}", ADMIN);

    private Visibility() {}

    /** Where the caller names the submission, or what hangs on it, by its id: unlisted ones too, and deleted ones to admins. */
    static Sql byId(Viewer viewer) {
        return of(viewer, OPEN, NOTHING_MORE, OPEN_TO);
    }

    /** Where submissions are found by anything else than an id: lists, counts, boards, matrices over all. */
    static Sql inLists(Viewer viewer) {
        return of(viewer, LISTED, LIVE, LISTED_TO);
    }

    private static Sql of(Viewer viewer, String anonymous, String platform, String user) {
        UUID id = Objects.requireNonNull(viewer, "viewer").userId();
        if (id != null) {
            return Sql.of(user, id, id, id);
        }
        return Sql.of(viewer.equals(Viewer.PLATFORM) ? platform : anonymous);
    }
}
