package dev.evalstore.exchange;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * For whom submissions, and whatever hangs on them, are read. The reading statement itself decides what the viewer may see,
 * by the rows as they are then: an admin who is deactivated sees at once what everybody sees.
 *
 * <p>A live submission is seen:
 *
 * <table>
 * <caption>by visibility and viewer</caption>
 * <tr><th></th><th>public</th><th>unlisted</th><th>private</th></tr>
 * <tr><td>anybody</td><td>yes</td><td>by its id alone</td><td>no</td></tr>
 * <tr><td>its submitter, members of its organization, admins, the platform</td><td>yes</td><td>yes</td><td>yes</td></tr>
 * </table>
 *
 * <p>A deleted submission is in no list. By its id it is seen by admins and the platform. What one may not see is not found,
 * as if it did not exist, and is not counted. Members are those of an organization that is not deleted, in any role. An
 * admin is an active user with the role {@code admin}. A user who is unknown, inactive or deleted sees what everybody sees.
 */
public final class Viewer {
    /** Somebody without an account, or with one that is not known. */
    public static final Viewer ANONYMOUS = new Viewer("anonymous", null);

    /** The host's own code, which sees everything. Never for what is shown to a user. */
    public static final Viewer PLATFORM = new Viewer("platform", null);

    private final String name;
    private final @Nullable UUID userId;

    private Viewer(String name, @Nullable UUID userId) {
        this.name = name;
        this.userId = userId;
    }

    /** The user with this id; the caller has made sure who it is. An unknown id is as {@link #ANONYMOUS}. */
    public static Viewer user(UUID id) {
        return new Viewer("user", Objects.requireNonNull(id, "id"));
    }

    /** The user's id, or null for the others. */
    @Nullable
    UUID userId() {
        return userId;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Viewer viewer && name.equals(viewer.name) && Objects.equals(userId, viewer.userId);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, userId);
    }

    @Override
    public String toString() {
        return userId == null ? name : name + " " + userId;
    }
}
