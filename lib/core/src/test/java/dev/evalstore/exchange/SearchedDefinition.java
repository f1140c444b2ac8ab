package dev.evalstore.exchange;

import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A definition as a test of the search stores it, past the repository so that any status is a row away, and what the search says of it
 * by its contract.
 */
record SearchedDefinition(
        UUID id,
        String slug,
        String name,
        List<String> tags,
        String description,
        @Nullable String longDescription,
        String status,
        boolean deleted) {
    private static final String INSERT = "insert into evalstore.benchmark_definitions (id, slug, name, description,"
            + " long_description, category, status, status_reason, tags, license, deleted_at) values (?, ?, ?, ?, ?, 'accuracy',"
            + " ?, 'for a test of the search', ?, 'MIT', case when ? then now() end)";

    /** An active one that has nothing of its own but its slug and name. */
    static SearchedDefinition of(String slug, String name) {
        return new SearchedDefinition(
                UUID.randomUUID(), slug, name, List.of(), "nothing to be found", null, "active", false);
    }

    SearchedDefinition description(String value) {
        return new SearchedDefinition(id, slug, name, tags, value, longDescription, status, deleted);
    }

    SearchedDefinition longDescription(String value) {
        return new SearchedDefinition(id, slug, name, tags, description, value, status, deleted);
    }

    SearchedDefinition tags(String... values) {
        return new SearchedDefinition(id, slug, name, List.of(values), description, longDescription, status, deleted);
    }

    SearchedDefinition status(String value) {
        return new SearchedDefinition(id, slug, name, tags, description, longDescription, value, deleted);
    }

    SearchedDefinition asDeleted() {
        return new SearchedDefinition(id, slug, name, tags, description, longDescription, status, true);
    }

    static void store(TestDatabase database, SearchedDefinition... definitions) {
        try (Connection connection = database.connection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            connection.setAutoCommit(false);
            for (SearchedDefinition one : definitions) {
                insert.setObject(1, one.id);
                insert.setString(2, one.slug);
                insert.setString(3, one.name);
                insert.setString(4, one.description);
                insert.setString(5, one.longDescription);
                insert.setString(6, one.status);
                insert.setArray(7, connection.createArrayOf("text", one.tags.toArray()));
                insert.setBoolean(8, one.deleted);
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean isPublic() {
        return !deleted && (status.equals("active") || status.equals("deprecated"));
    }

    /** Whether each word of the text begins a word of the definition. */
    boolean matches(String text) {
        Set<String> wanted = words(text);
        return !wanted.isEmpty() && begins(wanted, described(true));
    }

    /** The places that the words need: 4 for whole words in name and slug, to 0 for the long description. */
    int place(String text) {
        Set<String> wanted = words(text);
        Set<String> named = words(name + " " + slug);
        Set<String> tagged = new HashSet<>(named);
        tags.forEach(tag -> tagged.addAll(words(tag)));
        return named.containsAll(wanted)
                ? 4
                : begins(wanted, named) ? 3 : begins(wanted, tagged) ? 2 : begins(wanted, described(false)) ? 1 : 0;
    }

    private Set<String> described(boolean atLength) {
        Set<String> all = words(name + " " + slug + " " + String.join(" ", tags) + " " + description);
        if (atLength && longDescription != null) {
            all.addAll(words(longDescription));
        }
        return all;
    }

    private static boolean begins(Collection<String> wanted, Collection<String> words) {
        return wanted.stream().allMatch(want -> words.stream().anyMatch(word -> word.startsWith(want)));
    }

    private static Set<String> words(String text) {
        List<String> words =
                new ArrayList<>(Arrays.asList(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{M}\\p{N}]+", -1)));
        words.removeIf(String::isEmpty);
        return new HashSet<>(words);
    }
}
