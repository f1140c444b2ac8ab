package dev.evalstore.organization;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Like;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/** Which organizations to list, of those that are not deleted. Conditions add up. Immutable. */
public final class OrganizationFilter extends Conditions<OrganizationFilter> {
    /** Every organization that is not deleted. */
    public static final OrganizationFilter ALL = new OrganizationFilter(Sql.NONE);

    private static final String TEXT = "and (name || ' ' || slug || ' ' || coalesce(description, '')) ilike ?";

    private static final String MEMBER = """
            and id in (
                select m.organization_id
                from evalstore.organization_members m join evalstore.users u on u.id = m.user_id
                where u.id = ? and u.deleted_at is null)""";

    private OrganizationFilter(Sql sql) {
        super(sql, OrganizationFilter::new);
    }

    /** Only organizations of this type. */
    public OrganizationFilter type(OrganizationType type) {
        return and("and type = ?", Objects.requireNonNull(type, "type"));
    }

    /** Only verified organizations, or only others. */
    public OrganizationFilter verified(boolean verified) {
        return and(verified ? "and verified_at is not null" : "and verified_at is null");
    }

    /**
     * Only organizations with this text, in any case, in name, slug or description. Taken literally: {@code %} and
     * {@code _} stand for themselves. The database's locale
     * says which letters differ in case alone: under {@code C} only those of ASCII. Answered by a scan of the table.
     */
    public OrganizationFilter text(String part) {
        return and(TEXT, Like.containing(Check.text("text", part)));
    }

    /** Only organizations that this user belongs to, in any role; none where the user is deleted. */
    public OrganizationFilter member(UUID user) {
        return and(MEMBER, Objects.requireNonNull(user, "user"));
    }
}
