package dev.evalstore.backup;

import java.util.Objects;

/**
 * Something wrong with a backup, or with the folder for it.
 *
 * @param kind what is wrong
 * @param place the file, folder or table, as a path in the backup where it is in one
 * @param message the same in words, with the place
 */
public record BackupProblem(Kind kind, String place, String message) {
    /** What may be wrong. */
    public enum Kind {
        /** The folder is none, or has no manifest: nothing was exported to it, or that was broken off. */
        NOT_A_BACKUP,
        /** The manifest's text and its checksum differ, or it is no manifest. */
        MANIFEST_DAMAGED,
        /** The format is newer than this library's. */
        NEWER_FORMAT,
        /** A file that the manifest lists is not there. */
        FILE_MISSING,
        /** A file that the manifest does not list is there. */
        FILE_UNKNOWN,
        /** A file is longer or shorter than the manifest says. */
        SIZE_DIFFERS,
        /** A file's bytes are not those that were exported. */
        HASH_DIFFERS,
        /** A file's uncompressed bytes, or its rows, are not those that the manifest lists. */
        CONTENT_DIFFERS,
        /** A file or folder cannot be read or written: no right, no room, no such folder. */
        UNUSABLE,
        /** A file or folder of that name is there already. */
        NAME_TAKEN,
        /** Another export works in the folder. */
        BUSY,
        /** The thread that exported was interrupted. */
        INTERRUPTED,
        /** A table or sequence cannot be read by this role, or not written. */
        DATABASE,
        /** The schema, or the backup of one, lacks a table, a column or a sequence that its version has. */
        INCOMPLETE,
        /** The backup's schema is newer than this library's. */
        NEWER_SCHEMA,
        /** The files are in the binary format of another major version of the server. */
        OTHER_SERVER,
        /** The backup has no hashes, and keys cannot be kept without. */
        NO_HASHES
    }

    public BackupProblem {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(message, "message");
    }
}
