package dev.evalstore.event;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A receiver of webhooks that answers as a test says, byte by byte. */
final class WebhookReceiver implements AutoCloseable {
    static final String OK = "HTTP/1.1 204 No Content\r\n\r\n";

    private final ServerSocket server;
    private final Answer answer;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private WebhookReceiver(ServerSocket server, Answer answer) {
        this.server = server;
        this.answer = answer;
        thread(this::accept);
    }

    /** What came in. */
    record Request(String line, Map<String, String> headers, byte[] body) {
        String header(String name) {
            return headers.get(name);
        }
    }

    /** Writes to the sender, and may take its time. */
    @FunctionalInterface
    interface Answer {
        void to(Request request, OutputStream out) throws Exception;
    }

    static WebhookReceiver answering(String text) {
        return answering((request, out) -> out.write(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    static WebhookReceiver answering(Answer answer) {
        return on(InetAddress.getLoopbackAddress(), 0, ServerSocketFactory.getDefault(), answer);
    }

    static WebhookReceiver on(InetAddress address, int port, ServerSocketFactory sockets, Answer answer) {
        try {
            return new WebhookReceiver(sockets.createServerSocket(port, 50, address), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    List<Request> requests() {
        return requests;
    }

    /** How many connections were made, whether or not a request came. */
    int connections() {
        return connections.get();
    }

    private static void thread(Runnable loop) {
        Thread thread = new Thread(loop, "receiver");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                connections.incrementAndGet();
                thread(() -> serve(socket));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Request request = read(new BufferedInputStream(socket.getInputStream()));
            requests.add(request);
            answer.to(request, socket.getOutputStream());
        } catch (Exception e) {
            // The sender has gone.
        }
    }

    private static Request read(InputStream in) throws IOException {
        String first = line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Request(first, headers, in.readNBytes(Integer.parseInt(headers.get("content-length"))));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the sender has gone");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
