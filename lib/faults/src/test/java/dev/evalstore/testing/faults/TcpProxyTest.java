package dev.evalstore.testing.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpProxyTest {
    private ServerSocket listening;
    private TcpProxy proxy;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.to("localhost", listening.getLocalPort());
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        server = listening.accept();
        // Only now is it certain that the link is known.
        client.getOutputStream().write(1);
        assertThat(server.getInputStream().read()).isEqualTo(1);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        proxy.close();
        listening.close();
    }

    @Test
    void a_half_closed_connection_still_carries_the_other_direction() throws IOException {
        proxy.halfClose(TcpProxy.Way.TO_SERVER);
        assertThat(server.getInputStream().read()).isEqualTo(-1);

        client.getOutputStream().write(2);
        server.getOutputStream().write(3);
        assertThat(client.getInputStream().read()).isEqualTo(3);
        assertThat(proxy.open()).isEqualTo(1);
    }

    @Test
    void a_stalled_direction_holds_back_what_comes_until_it_is_resumed() throws IOException {
        proxy.stall(TcpProxy.Way.TO_CLIENT);
        client.getOutputStream().write(2);
        assertThat(server.getInputStream().read()).isEqualTo(2);
        server.getOutputStream().write(3);
        client.setSoTimeout(100);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        proxy.resume();
        client.setSoTimeout(0);
        assertThat(client.getInputStream().read()).isEqualTo(3);
    }

    @Test
    void cut_ends_and_reset_breaks_off() throws IOException {
        proxy.cut();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(proxy.open()).isZero();

        try (Socket second = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
                Socket other = listening.accept()) {
            second.getOutputStream().write(1);
            assertThat(other.getInputStream().read()).isEqualTo(1);
            proxy.reset();
            assertThatThrownBy(() -> second.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void a_client_is_sent_away_while_the_server_is_away() throws IOException {
        listening.close();
        try (Socket second = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            assertThat(second.getInputStream().read()).isEqualTo(-1);
        }
    }
}
