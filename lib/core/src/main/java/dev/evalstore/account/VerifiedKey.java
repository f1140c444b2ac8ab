package dev.evalstore.account;

import dev.evalstore.Actor;
import dev.evalstore.ActorKind;

/** A key that was accepted, and the user that it acts for. */
public record VerifiedKey(User user, ApiKey key) {
    /** The key as an actor, labelled by the user's name and the key's public part; the actor's id is the key's. */
    public Actor asActor() {
        return new Actor(ActorKind.API_KEY, key.id(), user.username() + "/" + key.keyId(), null, null);
    }
}
