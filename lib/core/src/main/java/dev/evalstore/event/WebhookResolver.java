package dev.evalstore.event;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host's name, for webhooks; see {@link WebhookOptions#resolver(WebhookResolver)}. */
@FunctionalInterface
public interface WebhookResolver {
    /**
     * The addresses in the order in which they are tried.
     *
     * @param host a name, or an address as text
     * @throws UnknownHostException if there is none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;
}
