package dev.evalstore.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarTest {
    @TempDir
    Path folder;

    @Test
    void files_folders_and_links_are_unpacked_with_their_rights() throws IOException {
        byte[] archive = join(
                entry("bin", '5', "", 0755),
                entry("bin/run", '0', "#!/bin/sh", 0755),
                entry("lib/run.txt", '0', "x".repeat(513), 0644),
                entry("lib/link", '2', "run.txt", 0777));
        Tar.unpack(new ByteArrayInputStream(archive), folder);
        assertThat(folder.resolve("bin/run")).content().isEqualTo("#!/bin/sh");
        assertThat(Files.isExecutable(folder.resolve("bin/run"))).isTrue();
        assertThat(folder.resolve("lib/link")).isSymbolicLink().content().hasSize(513);
    }

    @Test
    void an_entry_outside_of_the_folder_is_refused() throws IOException {
        for (byte[] evil : new byte[][] {
            entry("../evil", '0', "x", 0644), entry("/tmp/evil", '0', "x", 0644), entry("link", '2', "../../evil", 0777)
        }) {
            assertThatThrownBy(() -> Tar.unpack(new ByteArrayInputStream(join(evil)), folder.resolve("in")))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the archive has an entry outside its folder");
        }
        assertThat(folder.resolve("evil")).doesNotExist();
    }

    @Test
    void what_is_cut_off_or_unknown_is_refused() {
        byte[] whole = entry("a", '0', "x".repeat(1_000), 0644);
        assertThatThrownBy(() -> Tar.unpack(new ByteArrayInputStream(Arrays.copyOf(whole, 900)), folder))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> Tar.unpack(new ByteArrayInputStream(join(entry("a", '6', "", 0644))), folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not known");
    }

    private static byte[] join(byte[]... entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] entry : entries) {
            out.write(entry);
        }
        out.write(new byte[1_024]);
        return out.toByteArray();
    }

    private static byte[] entry(String name, char kind, String text, int mode) {
        boolean isLink = kind == '2';
        int size = isLink ? 0 : text.length();
        byte[] entry = new byte[512 + (size + 511) / 512 * 512];
        put(entry, 0, name);
        put(entry, 100, String.format("%07o", mode));
        put(entry, 124, String.format("%011o", size));
        entry[156] = (byte) kind;
        put(entry, isLink ? 157 : 512, text);
        return entry;
    }

    private static void put(byte[] entry, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, entry, at, bytes.length);
    }
}
