package dev.evalstore.backup;

import dev.evalstore.internal.PrivateFiles;
import dev.evalstore.internal.jdbc.CopyOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of one table to its files. In memory are a few pieces of half a MiB each, or of one row where that is longer: as
 * many as there are threads that compress, and three.
 */
final class TableWriter implements CopyOutput, AutoCloseable {
    private static final int PIECE = 512 * 1024;

    private final Path folder;
    private final String table;
    private final ExportOptions options;
    private final Compression compression;
    private final Progress progress;
    private final Queue<Future<byte[]>> pieces = new ArrayDeque<>();
    private final List<BackupFile> files = new ArrayList<>();
    private byte[] piece = new byte[PIECE];
    private int filled;
    private @Nullable SyncedFile file;
    private long fileRows;
    private long fileBytes;
    private long rows;
    private long bytes;
    private boolean begun;

    /** @param folder the table's own, which is not there yet */
    TableWriter(Path folder, String table, ExportOptions options, Compression compression, Progress progress) {
        this.folder = folder;
        this.table = table;
        this.options = options;
        this.compression = compression;
        this.progress = progress;
    }

    /** @throws BackupException if a file cannot be written */
    @Override
    public void accept(byte[] message) {
        int from = options.binary() && !begun ? BinaryRows.HEADER : 0;
        begun = true;
        if (options.binary() && BinaryRows.isTrailer(message, from)) {
            return;
        }
        try {
            SyncedFile to = file == null ? begin() : file;
            add(to, message, from);
            fileRows++;
            if (fileBytes >= options.fileBytes()) {
                end(to);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /**
     * What was written, once all rows have come.
     *
     * @throws BackupException if a file cannot be written
     */
    BackupTable finish(List<String> columns, List<String> months) {
        try {
            if (file != null) {
                end(file);
            }
            if (!files.isEmpty()) {
                SyncedFile.sync(folder);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
        progress.done(table, rows, bytes);
        return new BackupTable(table, columns, months, rows, bytes, files);
    }

    private SyncedFile begin() throws IOException {
        PrivateFiles.createFolders(folder);
        SyncedFile begun = new SyncedFile(folder.resolve(name()));
        file = begun;
        if (options.binary()) {
            add(begun, BinaryRows.header(), 0);
        }
        return begun;
    }

    private void end(SyncedFile to) throws IOException {
        if (options.binary()) {
            add(to, BinaryRows.trailer(), 0);
        }
        sendPiece(to);
        while (!pieces.isEmpty()) {
            to.write(Compression.result(pieces.remove()));
        }
        String hash = to.finish();
        files.add(new BackupFile(name(), fileRows, fileBytes, to.size(), hash));
        rows += fileRows;
        bytes += fileBytes;
        fileRows = 0;
        fileBytes = 0;
        file = null;
    }

    private void add(SyncedFile to, byte[] message, int from) throws IOException {
        int length = message.length - from;
        if (length > PIECE - filled) {
            sendPiece(to);
        }
        if (length > PIECE) {
            send(to, Arrays.copyOfRange(message, from, message.length), length);
        } else {
            System.arraycopy(message, from, piece, filled, length);
            filled += length;
        }
        fileBytes += length;
    }

    private void sendPiece(SyncedFile to) throws IOException {
        if (filled > 0) {
            send(to, piece, filled);
            piece = new byte[PIECE];
            filled = 0;
        }
    }

    private void send(SyncedFile to, byte[] full, int length) throws IOException {
        pieces.add(compression.compress(full, length));
        if (pieces.size() > options.threads() + 1) {
            to.write(Compression.result(pieces.remove()));
        }
        progress.at(table, rows + fileRows, bytes + fileBytes);
    }

    private String name() {
        return BackupFile.name(files.size() + 1);
    }

    private BackupException unusable(IOException e) {
        return BackupFolder.unusable(BackupFolder.place(table, name()), "cannot be written", e);
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // The export has failed already, and the file is removed.
        }
    }
}
