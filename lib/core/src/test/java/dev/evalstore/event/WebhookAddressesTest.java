package dev.evalstore.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookAddressesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b::808:808",
                "64:ff9b:1::a00:1",
                "100::1",
                "2001::1",
                "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                "2001:db8::1",
                "2002:7f00:1::1",
                "3fff::1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "2130706433"
            })
    void an_address_that_is_not_public_is_refused(String address) throws UnknownHostException {
        assertThat(WebhookAddresses.isPublic(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.255.255",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.1",
                "192.167.255.255",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "2001:4860:4860::8888",
                "2606:4700:4700::1111",
                "2a00:1450:4001::1"
            })
    void a_public_address_is_allowed(String address) throws UnknownHostException {
        assertThat(WebhookAddresses.isPublic(InetAddress.getByName(address))).isTrue();
    }

    /** Java makes an {@code Inet4Address} of it wherever it can. */
    @Test
    void a_mapped_address_that_stayed_one_of_ipv6_is_refused() throws UnknownHostException {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 127;
        mapped[15] = 1;

        assertThat(WebhookAddresses.isPublic(Inet6Address.getByAddress(null, mapped, -1)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "https://hooks.example.org, hooks.example.org, 443, true, /, hooks.example.org",
        "http://Hooks.Example.org:8080/a/b?c=d, Hooks.Example.org, 8080, false, /a/b?c=d, hooks.example.org:8080",
        "https://example.org./x, example.org, 443, true, /x, example.org.",
        "http://[::1]:9/?, ::1, 9, false, /?, [::1]:9",
        "https://example.org/ä%20, example.org, 443, true, /%C3%A4%20, example.org"
    })
    void an_endpoint_is_taken_apart(
            String address, String host, int port, boolean secure, String target, String authority) {
        WebhookEndpoint endpoint = WebhookEndpoint.of("endpoint", address);

        assertThat(endpoint.host()).isEqualTo(host);
        assertThat(endpoint.port()).isEqualTo(port);
        assertThat(endpoint.isSecure()).isEqualTo(secure);
        assertThat(endpoint.target()).isEqualTo(target);
        assertThat(endpoint.authority()).isEqualTo(authority);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.org",
                "ftp://example.org/",
                "file:///etc/passwd",
                "http:///x",
                "http://user:pass@example.org/",
                "http://example.org/#x",
                "http://example.org:0/",
                "http://example.org:70000/",
                "http://under_score.org/",
                "http://127.1/",
                "http://exämple.org/",
                "http://example.org/a b",
                "http://example.org/\r\nx: y",
                "http://example.org/%zz"
            })
    void another_endpoint_is_refused_without_being_quoted(String address) {
        assertThatThrownBy(() -> WebhookEndpoint.of("endpoint", address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("endpoint must ")
                .hasMessageNotContainingAny("example.org", "pass")
                .hasNoCause();
    }
}
