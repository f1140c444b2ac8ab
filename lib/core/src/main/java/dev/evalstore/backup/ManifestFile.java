package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import dev.evalstore.internal.JsonCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * The text of {@code manifest.json}: one JSON object of the manifest and, before it, the SHA-256 of the manifest's bytes.
 * Every byte of the file counts, so that no changed one passes.
 */
final class ManifestFile {
    private static final String BEGIN = "{\"sha256\":\"";
    private static final String MIDDLE = "\",\"manifest\":";
    private static final String END = "}\n";
    private static final int HASH_LENGTH = 64;

    /** Far above that of any schema; a file that is longer is none of ours. */
    private static final long MAX_BYTES = 256L << 20;

    private ManifestFile() {}

    static byte[] bytes(BackupManifest manifest) {
        String body = JsonCodec.write(manifest);
        String hash = Hashes.sha256(body.getBytes(StandardCharsets.UTF_8));
        return (BEGIN + hash + MIDDLE + body + END).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The manifest of the backup in the folder.
     *
     * @throws BackupException if there is none, if it was changed, or if its format is newer
     */
    static BackupManifest read(BackupFolder backup) {
        String place = BackupFolder.MANIFEST;
        Path file = backup.manifest();
        byte[] bytes;
        try {
            if (!Files.isRegularFile(file)) {
                throw new BackupException(
                        Kind.NOT_A_BACKUP,
                        place,
                        "missing in " + backup.path() + ", so this is no finished backup",
                        null);
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new BackupException(Kind.MANIFEST_DAMAGED, place, "too long for a manifest", null);
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw BackupFolder.unusable(place, "cannot be read", e);
        }
        int bodyAt = BEGIN.length() + HASH_LENGTH + MIDDLE.length();
        int bodyEnd = bytes.length - END.length();
        if (bodyEnd <= bodyAt) {
            throw new BackupException(Kind.MANIFEST_DAMAGED, place, "too short for a manifest", null);
        }
        byte[] body = Arrays.copyOfRange(bytes, bodyAt, bodyEnd);
        String expected = BEGIN + Hashes.sha256(body) + MIDDLE;
        if (!expected.equals(new String(bytes, 0, bodyAt, StandardCharsets.ISO_8859_1))
                || !END.equals(new String(bytes, bodyEnd, END.length(), StandardCharsets.ISO_8859_1))) {
            throw new BackupException(Kind.MANIFEST_DAMAGED, place, "its text and its checksum differ", null);
        }
        return parse(new String(body, StandardCharsets.UTF_8), place);
    }

    private static BackupManifest parse(String body, String place) {
        try {
            int format = JsonCodec.exact(body) instanceof Map<?, ?> all && all.get("format") instanceof Integer number
                    ? number
                    : 0;
            if (format > BackupManifest.FORMAT) {
                throw new BackupException(
                        Kind.NEWER_FORMAT,
                        place,
                        "format " + format + ", and this library reads up to " + BackupManifest.FORMAT
                                + ": use the library that made the backup, or a newer one",
                        null);
            }
            return JsonCodec.read(body, BackupManifest.class);
        } catch (IllegalArgumentException e) {
            throw new BackupException(Kind.MANIFEST_DAMAGED, place, "no manifest: " + e.getMessage(), e);
        }
    }
}
