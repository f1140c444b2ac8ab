package dev.evalstore.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority of the test's own, made with the JDK's keytool. */
public final class Certificates {
    private static final String SECRET = "changeit";

    private final Path store;

    private Certificates(Path store) {
        this.store = store;
    }

    /** Makes an authority. */
    public static Certificates in(Path folder) {
        Certificates made = new Certificates(folder.resolve("keys.p12"));
        made.keytool("ca", "-dname", "CN=Test CA", "-ext", "bc:c");
        return made;
    }

    /** Makes a key and a certificate that the authority signs. */
    public Certificates issue(String alias, String name, String... more) {
        List<String> options = new ArrayList<>(List.of("-dname", "CN=" + name, "-signer", "ca"));
        options.addAll(List.of(more));
        keytool(alias, options.toArray(String[]::new));
        return this;
    }

    private void keytool(String alias, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                SECRET));
        command.addAll(List.of(options));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(said);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The certificate as PEM. */
    public Path certificate(String alias, Path file) {
        try {
            return Files.writeString(
                    file, pem("CERTIFICATE", open().getCertificate(alias).getEncoded()));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key as PEM of PKCS-8, readable by its owner alone. */
    public Path pemKey(String alias, Path file) {
        try {
            Files.writeString(file, pem("PRIVATE KEY", key(alias)));
            return ownersOnly(file);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key as PKCS-8 DER, readable by its owner alone. */
    public Path derKey(String alias, Path file) {
        try {
            Files.write(file, key(alias));
            return ownersOnly(file);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] key(String alias) throws IOException, GeneralSecurityException {
        return open().getKey(alias, SECRET.toCharArray()).getEncoded();
    }

    private KeyStore open() throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, SECRET.toCharArray());
            return keys;
        }
    }

    /** The server refuses a key that others may read. */
    private static Path ownersOnly(Path file) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + what + "-----\n";
    }
}
