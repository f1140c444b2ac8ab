package dev.evalstore.event;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One request on a connection of its own, to an address that was checked. The JDK's client looks a name up itself: by then it may lead
 * elsewhere. Reads the head of the answer alone; what is in the body changes nothing.
 */
final class WebhookPost {
    private static final int MAX_HEAD = 32 * 1024;
    private static final int MAX_READ_ON = 64 * 1024;
    private static final long MAX_READ_ON_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");

    private final WebhookEndpoint endpoint;
    private final WebhookOptions options;
    private final long deadline;
    private int headLeft = MAX_HEAD;

    /** @param deadline in {@link System#nanoTime()}; whoever calls closes the socket by then */
    WebhookPost(WebhookEndpoint endpoint, WebhookOptions options, long deadline) {
        this.endpoint = endpoint;
        this.options = options;
        this.deadline = deadline;
    }

    /** Connects the socket. */
    void connect(Socket socket, InetAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        long most = Math.min(options.connectTimeout().toNanos(), deadline - System.nanoTime());
        socket.connect(new InetSocketAddress(address, endpoint.port()), millis(most));
    }

    /** Sends the request on the connected socket, and returns the answer. */
    WebhookAnswer send(Socket socket, WebhookRequest request) throws IOException {
        try (Socket wire = endpoint.isSecure() ? secured(socket) : socket) {
            OutputStream out = wire.getOutputStream();
            out.write(request.wire(endpoint));
            out.flush();
            InputStream in = new BufferedInputStream(wire.getInputStream());
            WebhookAnswer answer = head(in);
            readOn(wire, in);
            return answer;
        }
    }

    /** With the name of the endpoint, which the receiver's certificate must have. */
    private Socket secured(Socket socket) throws IOException {
        SocketFactory factory = options.sslContext() == null
                ? SSLSocketFactory.getDefault()
                : options.sslContext().getSocketFactory();
        SSLSocket secured =
                (SSLSocket) ((SSLSocketFactory) factory).createSocket(socket, endpoint.host(), endpoint.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private WebhookAnswer head(InputStream in) throws IOException {
        while (true) {
            Matcher status = STATUS.matcher(line(in));
            if (!status.matches()) {
                throw new IOException("no HTTP");
            }
            Map<String, String> headers = new HashMap<>();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    headers.putIfAbsent(
                            line.substring(0, colon).toLowerCase(Locale.ROOT),
                            line.substring(colon + 1).strip());
                }
            }
            int code = Integer.parseInt(status.group(1));
            // Below 200 it is not the answer yet.
            if (code >= 200) {
                return new WebhookAnswer(code, headers.get("retry-after"), headers.get("date"));
            }
        }
    }

    private String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (--headLeft <= 0) {
                throw new IOException("long head");
            }
            line.append((char) next);
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }

    /**
     * Takes what comes with the head or right after it, so that a receiver that writes a short body does not find its connection
     * reset. A long or slow one is cut.
     */
    private void readOn(Socket wire, InputStream in) {
        long end = System.nanoTime() + Math.min(MAX_READ_ON_NANOS, Math.max(0, deadline - System.nanoTime()));
        byte[] some = new byte[8 * 1024];
        try {
            int read = 0;
            for (int all = 0; read >= 0 && all < MAX_READ_ON && end - System.nanoTime() > 0; all += read) {
                wire.setSoTimeout(millis(end - System.nanoTime()));
                read = in.read(some);
            }
        } catch (IOException e) {
            // The answer is known.
        }
    }

    /** At least one: zero would be for ever. */
    private static int millis(long nanos) {
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    }
}
