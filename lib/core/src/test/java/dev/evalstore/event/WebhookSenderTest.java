package dev.evalstore.event;

import static dev.evalstore.event.WebhookOutcome.Kind.DELIVERED;
import static dev.evalstore.event.WebhookOutcome.Kind.FAILED;
import static dev.evalstore.event.WebhookOutcome.Kind.GONE;
import static dev.evalstore.event.WebhookOutcome.Kind.UNDELIVERABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.ActorKind;
import dev.evalstore.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WebhookSenderTest {
    private static final Instant NOW = Instant.parse("2031-01-02T03:04:05.678Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String SECRET = WebhookSecrets.random();
    private static final UUID ID = UUID.fromString("0190a0b0-0000-7000-8000-000000000001");
    private static final Duration LONG = Duration.ofSeconds(20);

    /** Loopback is where the tests' receivers are. */
    private static final WebhookOptions LOCAL = WebhookOptions.DEFAULT.allowed(InetAddress::isLoopbackAddress);

    private static final WebhookOptions BY_CLIENT = LOCAL.client(HttpClient.newBuilder()
            .proxy(ProxySelector.of(null))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build());

    /** The library's own connections, and a host's client. */
    static List<WebhookOptions> ways() {
        return List.of(LOCAL, BY_CLIENT);
    }

    private static DomainEvent event(Json payload) {
        return new DomainEvent(
                7,
                ID,
                "order.paid",
                "order",
                "o-1",
                2,
                payload,
                null,
                UUID.fromString("0190a0b0-0000-7000-8000-000000000002"),
                ActorKind.USER,
                UUID.fromString("0190a0b0-0000-7000-8000-000000000003"),
                "o-1",
                Instant.parse("2030-05-06T07:08:09.123456Z"));
    }

    private static final DomainEvent EVENT = event(Json.of(Map.of("total", 3)));

    private static WebhookOutcome send(WebhookOptions options, String endpoint, DomainEvent event) {
        try (WebhookSender sender = new WebhookSender(options, CLOCK)) {
            return sender.send(new WebhookTarget(endpoint, List.of(SECRET)), event);
        }
    }

    private static WebhookOutcome send(WebhookOptions options, WebhookReceiver to) {
        return send(options, to.url("/hook"), EVENT);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void an_event_is_posted_signed_and_delivered_by_2xx(WebhookOptions way) throws Exception {
        try (WebhookReceiver receiver =
                WebhookReceiver.answering("HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok")) {
            assertThat(send(way, receiver.url("/hook?a=b"), EVENT)).isEqualTo(WebhookOutcome.DELIVERED);

            WebhookReceiver.Request request = receiver.requests().get(0);
            assertThat(request.line()).isEqualTo("POST /hook?a=b HTTP/1.1");
            assertThat(request.header("host")).isEqualTo("127.0.0.1:" + receiver.port());
            assertThat(request.header("content-type")).isEqualTo("application/json");
            assertThat(request.header("webhook-id")).isEqualTo(ID.toString());
            assertThat(request.header("webhook-timestamp")).isEqualTo(String.valueOf(NOW.getEpochSecond()));
            // By hand, as the specification says.
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET.substring(6)), "HmacSHA256"));
            byte[] signature = mac.doFinal(
                    (ID + "." + NOW.getEpochSecond() + "." + new String(request.body(), StandardCharsets.UTF_8))
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(request.header("webhook-signature"))
                    .isEqualTo("v1," + Base64.getEncoder().encodeToString(signature));
            assertThat(WebhookVerifier.of(SECRET).clock(CLOCK).verify(request::header, request.body()))
                    .isPresent();
        }
    }

    @Test
    void the_body_tells_what_happened_and_not_who_did_it() {
        assertThat(new String(WebhookRequest.body(EVENT), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":\"0190a0b0-0000-7000-8000-000000000001\",\"type\":\"order.paid\","
                        + "\"timestamp\":\"2030-05-06T07:08:09.123456Z\",\"version\":2,\"position\":7,"
                        + "\"aggregateType\":\"order\",\"aggregateId\":\"o-1\","
                        + "\"causationId\":\"0190a0b0-0000-7000-8000-000000000002\",\"data\":{\"total\":3}}");
    }

    @Test
    void while_a_secret_is_rotated_both_sign_and_receivers_may_know_either() {
        String old = WebhookSecrets.random();
        try (WebhookReceiver receiver = WebhookReceiver.answering(WebhookReceiver.OK);
                WebhookSender sender = new WebhookSender(LOCAL, CLOCK)) {
            WebhookTarget target = new WebhookTarget(receiver.url("/"), List.of(SECRET, old));
            assertThat(sender.send(target, EVENT).kind()).isEqualTo(DELIVERED);

            WebhookReceiver.Request request = receiver.requests().get(0);
            for (String known : List.of(SECRET, old)) {
                assertThat(WebhookVerifier.of(known).clock(CLOCK).verify(request::header, request.body()))
                        .isPresent();
            }
            assertThat(target.toString() + Json.of(target).text()).doesNotContain(SECRET, old);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_redirect_is_a_failure_and_not_followed(WebhookOptions way) {
        try (WebhookReceiver elsewhere = WebhookReceiver.answering(WebhookReceiver.OK);
                WebhookReceiver receiver = WebhookReceiver.answering("HTTP/1.1 307 Temporary Redirect\r\nlocation: "
                        + elsewhere.url("/") + "\r\ncontent-length: 0\r\n\r\n")) {
            assertThat(send(way, receiver))
                    .isEqualTo(WebhookOutcome.failed("the receiver answered 307; redirects are not followed"));
            assertThat(elsewhere.connections()).isZero();
        }
    }

    @Test
    void a_client_that_follows_redirects_is_refused() {
        HttpClient follows = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        assertThatThrownBy(() -> LOCAL.client(follows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("client must never follow redirects");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void gone_is_told_apart_from_a_failure(WebhookOptions way) {
        try (WebhookReceiver receiver = WebhookReceiver.answering("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")) {
            assertThat(send(way, receiver)).isEqualTo(new WebhookOutcome(GONE, "the receiver answered 410", null));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "503 | 120 | | 120",
                "429 | 0 | | 0",
                "500 | 7200 | | 3600",
                "503 | 99999999999999999999 | | 3600",
                "503 | Thu, 02 Jan 2031 03:05:05 GMT | Thu, 02 Jan 2031 03:04:00 GMT | 65",
                "503 | Thu, 02 Jan 2031 03:00:00 GMT | Thu, 02 Jan 2031 03:04:00 GMT | 0",
                "503 | Thu, 02 Jan 2031 09:00:00 GMT | | 3600",
                "503 | -5 | |",
                "503 | soon | |",
                "503 | | |",
                "400 | 1.5 | |"
            })
    void retry_after_is_heeded_up_to_its_bound(int status, String header, String date, Long seconds) {
        String answer = "HTTP/1.1 " + status + " no\r\n" + (header == null ? "" : "Retry-After: " + header + "\r\n")
                + (date == null ? "" : "Date: " + date + "\r\n") + "content-length: 0\r\n\r\n";
        try (WebhookReceiver receiver = WebhookReceiver.answering(answer)) {
            assertThat(send(LOCAL, receiver))
                    .isEqualTo(new WebhookOutcome(
                            FAILED,
                            "the receiver answered " + status,
                            seconds == null ? null : Duration.ofSeconds(seconds)));
        }
    }

    @Test
    void a_host_s_client_hands_on_retry_after_too() {
        try (WebhookReceiver receiver =
                WebhookReceiver.answering("HTTP/1.1 503 no\r\nRetry-After: 9\r\ncontent-length: 0\r\n\r\n")) {
            assertThat(send(BY_CLIENT, receiver).retryAfter()).isEqualTo(Duration.ofSeconds(9));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/",
                "http://localhost:%d/",
                "http://[::1]:%d/",
                "http://[::ffff:127.0.0.1]:%d/",
                "http://2130706433:%d/",
                "http://0x7f000001:%d/",
                "http://0.0.0.0:%d/",
                "http://169.254.169.254:%d/latest/meta-data"
            })
    void what_is_not_public_is_refused_by_default_in_every_form(String endpoint) {
        for (WebhookOptions way : List.of(WebhookOptions.DEFAULT, BY_CLIENT.allowed(address -> false))) {
            try (WebhookReceiver receiver = WebhookReceiver.answering(WebhookReceiver.OK)) {
                WebhookOutcome outcome = send(way, String.format(endpoint, receiver.port()), EVENT);
                assertThat(outcome.kind()).isEqualTo(FAILED);
                // Not every JDK takes a number for an address.
                assertThat(outcome.error())
                        .isIn("the endpoint's address is not public", "the endpoint's name has no address");
                assertThat(receiver.connections()).isZero();
            }
        }
    }

    @Test
    void a_name_that_leads_to_loopback_is_refused_also_beside_a_public_address() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        InetAddress open = InetAddress.getByName("1.1.1.1");
        for (List<InetAddress> answer : List.of(List.of(loopback), List.of(open, loopback), List.of(loopback, open))) {
            try (WebhookReceiver receiver = WebhookReceiver.answering(WebhookReceiver.OK)) {
                WebhookOptions options = WebhookOptions.DEFAULT.resolver(name -> answer);
                assertThat(send(options, "http://hooks.example.org:" + receiver.port() + "/", EVENT))
                        .isEqualTo(WebhookOutcome.failed("the endpoint's address is not public"));
                assertThat(receiver.connections()).isZero();
            }
        }
    }

    /** 127.0.0.2 stands for a public address: it is one that is allowed, and 127.0.0.1 is not. */
    @Test
    void a_name_that_leads_elsewhere_after_the_check_is_not_followed_there() throws Exception {
        InetAddress good = InetAddress.getByName("127.0.0.2");
        InetAddress bad = InetAddress.getLoopbackAddress();
        AtomicInteger asked = new AtomicInteger();
        WebhookOptions rebinding = WebhookOptions.DEFAULT
                .allowed(good::equals)
                .resolver(name -> List.of(asked.incrementAndGet() == 1 ? good : bad));
        ServerSocketFactory plain = ServerSocketFactory.getDefault();
        WebhookReceiver.Answer ok = (request, out) -> out.write(WebhookReceiver.OK.getBytes(StandardCharsets.US_ASCII));
        try (WebhookReceiver inside = WebhookReceiver.on(bad, 0, plain, ok);
                WebhookReceiver outside = WebhookReceiver.on(good, inside.port(), plain, ok)) {
            String endpoint = "http://localhost:" + inside.port() + "/";

            assertThat(send(rebinding, endpoint, EVENT)).isEqualTo(WebhookOutcome.DELIVERED);
            assertThat(asked).as("one look-up an attempt").hasValue(1);
            assertThat(outside.requests()).hasSize(1);
            assertThat(outside.requests().get(0).header("host")).isEqualTo("localhost:" + inside.port());

            assertThat(send(rebinding, endpoint, EVENT))
                    .isEqualTo(WebhookOutcome.failed("the endpoint's address is not public"));
            assertThat(inside.connections()).isZero();
        }
    }

    @Test
    void the_next_address_is_tried_where_one_takes_no_connection() throws Exception {
        List<InetAddress> both = List.of(InetAddress.getByName("127.0.0.3"), InetAddress.getLoopbackAddress());
        try (WebhookReceiver receiver = WebhookReceiver.answering(WebhookReceiver.OK)) {
            WebhookOptions options = LOCAL.resolver(name -> both);
            assertThat(send(options, "http://hooks.example.org:" + receiver.port(), EVENT))
                    .isEqualTo(WebhookOutcome.DELIVERED);
        }
        assertThat(send(LOCAL.resolver(name -> both), "http://hooks.example.org:1/", EVENT))
                .isEqualTo(WebhookOutcome.failed("no connection could be made to the endpoint"));
    }

    @Test
    void names_that_are_not_found_or_not_looked_up_in_time_are_failures() {
        CountDownLatch never = new CountDownLatch(1);
        WebhookOptions slow = LOCAL.timeout(Duration.ofMillis(200)).resolver(name -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        });
        String endpoint = "http://hooks.example.org/";

        assertThat(send(slow, endpoint, EVENT)).isEqualTo(WebhookOutcome.failed("there was no answer within 200 ms"));
        assertThat(send(
                        LOCAL.resolver(name -> {
                            throw new UnknownHostException(name);
                        }),
                        endpoint,
                        EVENT))
                .isEqualTo(WebhookOutcome.failed("the endpoint's name has no address"));
        assertThat(send(LOCAL.resolver(name -> List.of()), endpoint, EVENT))
                .isEqualTo(WebhookOutcome.failed("the endpoint's name has no address"));
        assertThat(send(
                        LOCAL.resolver(name -> {
                            throw new IllegalStateException(name);
                        }),
                        endpoint,
                        EVENT))
                .isEqualTo(WebhookOutcome.failed("the look-up of the endpoint's name failed: IllegalStateException"));
    }

    /** Each keeps the sender busy in its own way; the time for the whole attempt ends all of them. */
    static List<WebhookReceiver.Answer> slow() {
        return List.of(
                // Never answers.
                (request, out) -> new CountDownLatch(1).await(),
                // A byte of the head at a time.
                (request, out) -> {
                    out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        out.write("x: y\r\n".getBytes(StandardCharsets.US_ASCII));
                        out.flush();
                        TimeUnit.MILLISECONDS.sleep(50);
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("slow")
    void a_slow_answer_is_cut(WebhookReceiver.Answer slow) {
        for (WebhookOptions way : ways()) {
            try (WebhookReceiver receiver = WebhookReceiver.answering(slow)) {
                long start = System.nanoTime();
                assertThat(send(way.timeout(Duration.ofMillis(300)), receiver))
                        .isEqualTo(WebhookOutcome.failed("there was no answer within 300 ms"));
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_slow_or_endless_body_is_cut_and_the_answer_counts(WebhookOptions way) {
        byte[] much = new byte[1 << 16];
        for (WebhookReceiver.Answer body : List.<WebhookReceiver.Answer>of(
                (request, out) -> {
                    while (true) {
                        out.write('x');
                        out.flush();
                        TimeUnit.MILLISECONDS.sleep(50);
                    }
                },
                (request, out) -> {
                    while (true) {
                        out.write(much);
                    }
                },
                (request, out) -> new CountDownLatch(1).await())) {
            CountDownLatch cut = new CountDownLatch(1);
            WebhookReceiver.Answer answer = (request, out) -> {
                out.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                try {
                    body.to(request, out);
                } finally {
                    cut.countDown();
                }
            };
            try (WebhookReceiver receiver = WebhookReceiver.answering(answer)) {
                long start = System.nanoTime();
                assertThat(send(way, receiver)).isEqualTo(WebhookOutcome.DELIVERED);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
            }
        }
    }

    @Test
    void a_receiver_that_takes_nothing_is_cut() throws IOException {
        // Larger than what the buffers of a connection take whose other side reads nothing.
        DomainEvent large = event(Json.of(Map.of("text", "x".repeat(900_000))));
        try (ServerSocket deaf = new ServerSocket()) {
            deaf.setReceiveBufferSize(4_096);
            deaf.setSoTimeout(20_000);
            deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThat(send(
                            LOCAL.timeout(Duration.ofSeconds(2)),
                            "http://127.0.0.1:" + deaf.getLocalPort() + "/",
                            large))
                    .isEqualTo(WebhookOutcome.failed("there was no answer within 2000 ms"));
            deaf.accept().close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.6\r\n",
                "HTTP/1.1 999 what\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 200 OK\r\nx: y",
                ""
            })
    void what_is_no_answer_is_a_failure(String answer) {
        try (WebhookReceiver receiver = WebhookReceiver.answering(answer)) {
            WebhookOutcome outcome = send(LOCAL, receiver);
            assertThat(outcome.kind()).isEqualTo(FAILED);
            assertThat(outcome.error()).startsWith("the connection failed: ").doesNotContain("SSH", "127.0.0.1");
        }
    }

    @Test
    void an_endless_head_is_cut() {
        try (WebhookReceiver receiver = WebhookReceiver.answering((request, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write("x: y\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        })) {
            assertThat(send(LOCAL, receiver).kind()).isEqualTo(FAILED);
        }
    }

    @Test
    void what_comes_before_the_answer_is_passed_over() {
        try (WebhookReceiver receiver = WebhookReceiver.answering(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n" + WebhookReceiver.OK)) {
            assertThat(send(LOCAL, receiver)).isEqualTo(WebhookOutcome.DELIVERED);
        }
    }

    @Test
    void a_rule_of_the_host_that_throws_is_a_failure() {
        WebhookOptions throwing = LOCAL.allowed(address -> {
            throw new IllegalStateException("pAss");
        });
        assertThat(send(throwing, "http://127.0.0.1:1/", EVENT))
                .isEqualTo(WebhookOutcome.failed("the attempt failed: java.lang.IllegalStateException"));
    }

    @Test
    void an_event_of_more_than_1_mib_is_not_sent_and_one_of_less_is() {
        try (WebhookReceiver receiver = WebhookReceiver.answering(WebhookReceiver.OK)) {
            int frame = WebhookRequest.body(event(Json.of(""))).length;
            DomainEvent most = event(Json.of("x".repeat(WebhookRequest.MAX_BODY - frame)));
            DomainEvent more = event(Json.of("ä" + "x".repeat(WebhookRequest.MAX_BODY - frame - 1)));

            assertThat(send(LOCAL, receiver.url("/"), most)).isEqualTo(WebhookOutcome.DELIVERED);
            assertThat(receiver.requests().get(0).body()).hasSize(WebhookRequest.MAX_BODY);
            assertThat(send(LOCAL, receiver.url("/"), more).kind()).isEqualTo(UNDELIVERABLE);
            assertThat(receiver.requests()).hasSize(1);
        }
    }

    @Test
    void an_endpoint_or_a_secret_that_others_stored_is_a_failure_that_does_not_quote_it() {
        try (WebhookSender sender = new WebhookSender(LOCAL, CLOCK)) {
            assertThat(sender.send(new WebhookTarget("http://u:pAss@example.org/", List.of(SECRET)), EVENT))
                    .isEqualTo(WebhookOutcome.failed(
                            "endpoint must begin with http:// or https:// and a host of letters, digits, hyphens and dots (xn-- for others),"
                                    + " and have no user's name and no fragment"));
            assertThat(sender.send(new WebhookTarget("http://127.0.0.1/", List.of("pAss")), EVENT))
                    .isEqualTo(WebhookOutcome.failed("secret must be whsec_ and 24 to 64 bytes in base64"));
        }
    }

    @Test
    void closing_ends_an_attempt_that_waits_and_a_closed_sender_sends_nothing() throws Exception {
        try (WebhookReceiver receiver = WebhookReceiver.answering((request, out) -> new CountDownLatch(1).await())) {
            WebhookSender sender = new WebhookSender(LOCAL.timeout(Duration.ofMinutes(5)), CLOCK);
            WebhookTarget target = new WebhookTarget(receiver.url("/"), List.of(SECRET));
            CompletableFuture<WebhookOutcome> waiting = CompletableFuture.supplyAsync(() -> sender.send(target, EVENT));
            await().until(() -> !receiver.requests().isEmpty());

            sender.close();

            assertThat(waiting.get(20, TimeUnit.SECONDS).kind()).isEqualTo(FAILED);
            assertThat(sender.send(target, EVENT)).isEqualTo(WebhookOutcome.failed("the sender is closed"));
            assertThat(receiver.requests()).hasSize(1);
        }
    }

    @Test
    void the_times_of_the_options_are_bounded() {
        WebhookOptions options = WebhookOptions.DEFAULT;
        assertThatThrownBy(() -> options.connectTimeout(Duration.ZERO)).hasMessageStartingWith("connectTimeout ");
        assertThatThrownBy(() -> options.connectTimeout(Duration.ofMinutes(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("connectTimeout ");
        assertThatThrownBy(() -> options.timeout(Duration.ofMinutes(6)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("timeout ");
        assertThatThrownBy(() -> options.maxRetryAfter(Duration.ofDays(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("maxRetryAfter ");
        assertThatThrownBy(() -> options.allowed(null)).hasMessage("allowed");
        assertThatThrownBy(() -> options.resolver(null)).hasMessage("resolver");
    }
}
