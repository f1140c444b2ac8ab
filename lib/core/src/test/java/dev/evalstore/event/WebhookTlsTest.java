package dev.evalstore.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.testkit.Certificates;
import java.io.File;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The connection is made to an address, and TLS asks for the name. */
@Timeout(60)
class WebhookTlsTest {
    private static final DomainEvent EVENT = new DomainEvent(
            1, UUID.randomUUID(), "a.b", "a", "1", 1, Json.EMPTY, null, null, null, null, "1", Instant.EPOCH);

    private static SSLContext context(Path folder) throws Exception {
        char[] secret = "changeit".toCharArray();
        KeyStore store = KeyStore.getInstance(new File(folder.toFile(), "keys.p12"), secret);
        KeyStore server = KeyStore.getInstance("PKCS12");
        server.load(null, secret);
        server.setKeyEntry("server", store.getKey("server", secret), secret, store.getCertificateChain("server"));
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, secret);
        trusted.setCertificateEntry("ca", store.getCertificate("ca"));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(server, secret);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void the_certificate_must_have_the_endpoints_name_and_a_known_issuer(@TempDir Path folder) throws Exception {
        var unused = Certificates.in(folder).issue("server", "x", "-ext", "san=dns:hooks.example.org");
        SSLContext context = context(folder);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        WebhookOptions options = WebhookOptions.DEFAULT
                .allowed(InetAddress::isLoopbackAddress)
                .resolver(name -> List.of(loopback))
                .sslContext(context);
        try (WebhookReceiver receiver = WebhookReceiver.on(
                loopback,
                0,
                context.getServerSocketFactory(),
                (request, out) -> out.write(WebhookReceiver.OK.getBytes(StandardCharsets.US_ASCII)))) {
            assertThat(send(options, "https://hooks.example.org:" + receiver.port() + "/x"))
                    .isEqualTo(WebhookOutcome.DELIVERED);
            assertThat(receiver.requests().get(0).header("host")).isEqualTo("hooks.example.org:" + receiver.port());

            assertThat(send(options, "https://evil.example.org:" + receiver.port() + "/x"))
                    .isEqualTo(WebhookOutcome.failed("TLS failed: SSLHandshakeException"));
            assertThat(send(options.sslContext(null), "https://hooks.example.org:" + receiver.port() + "/x"))
                    .isEqualTo(WebhookOutcome.failed("TLS failed: SSLHandshakeException"));
            assertThat(receiver.requests()).hasSize(1);
        }
    }

    private static WebhookOutcome send(WebhookOptions options, String endpoint) {
        try (WebhookSender sender = new WebhookSender(options)) {
            return sender.send(new WebhookTarget(endpoint, List.of(WebhookSecrets.random())), EVENT);
        }
    }
}
