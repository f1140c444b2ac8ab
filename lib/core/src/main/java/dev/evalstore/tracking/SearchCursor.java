package dev.evalstore.tracking;

import dev.evalstore.Cursor;
import dev.evalstore.internal.jdbc.Row;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Where a page of a search ended: the keys of its last row and its number. A cursor also has a digest of project, condition and
 * order, and no other search accepts it.
 */
record SearchCursor(List<Object> keys, int number) {
    private static final int DIGEST = 16;

    /** The place of a row that has its keys under these labels. */
    static SearchCursor of(Row row, List<SearchKey.Type> types, List<String> labels) throws SQLException {
        List<Object> keys = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            keys.add(types.get(i).read(row, labels.get(i)));
        }
        return new SearchCursor(keys, row.integer("number"));
    }

    Cursor write(ExperimentQuery query, List<SearchKey.Type> types) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(digest(query));
            out.writeInt(number);
            for (int i = 0; i < types.size(); i++) {
                types.get(i).write(out, keys.get(i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Cursor(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray()));
    }

    static SearchCursor read(Cursor cursor, ExperimentQuery query, List<SearchKey.Type> types) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(cursor.value());
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            if (Arrays.equals(in.readNBytes(DIGEST), digest(query))) {
                int number = in.readInt();
                List<Object> keys = new ArrayList<>();
                for (SearchKey.Type type : types) {
                    keys.add(type.read(in));
                }
                if (in.read() < 0) {
                    return new SearchCursor(keys, number);
                }
            }
        } catch (IOException | RuntimeException e) {
            // Falls through: it is no cursor of this search.
        }
        throw new IllegalArgumentException("cursor is not one of this search");
    }

    private static byte[] digest(ExperimentQuery query) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Object part : new Object[] {
                query.project() == null ? "" : "p" + query.project(), query.condition(), query.orders()
            }) {
                byte[] text = part.toString().getBytes(StandardCharsets.UTF_8);
                digest.update((text.length + ":").getBytes(StandardCharsets.UTF_8));
                digest.update(text);
            }
            return Arrays.copyOf(digest.digest(), DIGEST);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
