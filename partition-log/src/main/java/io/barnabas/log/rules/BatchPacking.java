package io.barnabas.log.rules;

import io.barnabas.log.LogConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * Takes the compression off a batch and puts it on. Records of magic 2 are the same bytes under every codec, so that
 * only the header's length, codec bits and CRC change; offsets, timestamps, producer and record headers stay.
 */
final class BatchPacking {

    private static final int CHUNK = 64 << 10;

    private BatchPacking() {}

    /** What unpacking gives. */
    sealed interface Unpacking permits Unpacked, Unreadable {}

    /** The same batch without compression; its CRC is not true yet. */
    record Unpacked(ByteBuffer batch) implements Unpacking {}

    /** The codec cannot read it, or there would be too much of it. */
    record Unreadable(String message) implements Unpacking {}

    /**
     * Takes the compression off. A batch without one is given back as it is.
     *
     * @param batch from position to limit; neither moves
     * @param limit the most bytes that the records may have
     */
    static Unpacking unpack(ByteBuffer batch, BatchHeader header, int limit) {
        if (!header.isCompressed()) {
            return new Unpacked(batch);
        }
        CompressionType codec = CompressionType.forId(header.compressionId());
        ByteBuffer packed = batch.slice(batch.position() + BatchHeader.SIZE, batch.remaining() - BatchHeader.SIZE);
        if (codec == CompressionType.SNAPPY && !SnappyFrames.fit(packed, limit)) {
            return unreadable(codec, "its blocks are broken or unpack to more than " + limit + " bytes");
        }
        ByteBufferOutputStream out = new ByteBufferOutputStream(
                (int) Math.min((long) BatchHeader.SIZE + limit, BatchHeader.SIZE + 4L * packed.remaining() + CHUNK));
        out.write(batch.slice(batch.position(), BatchHeader.SIZE));
        byte[] chunk = new byte[CHUNK];
        try (InputStream in =
                Compression.of(codec).build().wrapForInput(packed, BatchHeader.MAGIC, BufferSupplier.NO_CACHING)) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (out.position() - BatchHeader.SIZE > limit - read) {
                    return unreadable(codec, "they unpack to more than " + limit + " bytes");
                }
                out.write(chunk, 0, read);
            }
        } catch (IOException | KafkaException e) {
            return unreadable(codec, e.getMessage());
        } catch (RuntimeException e) {
            // What a codec throws at bytes that it does not understand is its own affair.
            return unreadable(codec, e.toString());
        }
        return new Unpacked(finished(out, CompressionType.NONE));
    }

    private static Unreadable unreadable(CompressionType codec, String why) {
        return new Unreadable("the records cannot be unpacked with " + codec.name + ": " + why);
    }

    /**
     * Puts compression on.
     *
     * @param plain a batch without it
     * @return a batch in memory of its own, whose CRC is not true yet
     */
    static ByteBuffer pack(ByteBuffer plain, LogConfig.Compression wanted) {
        Compression codec = codec(wanted);
        if (codec.type() == CompressionType.NONE) {
            return copyOf(plain);
        }
        ByteBufferOutputStream out = new ByteBufferOutputStream(BatchHeader.SIZE + plain.remaining() / 2 + CHUNK);
        out.write(plain.slice(plain.position(), BatchHeader.SIZE));
        try (OutputStream packed = codec.wrapForOutput(out, BatchHeader.MAGIC)) {
            byte[] chunk = new byte[CHUNK];
            ByteBuffer records = plain.slice(plain.position() + BatchHeader.SIZE, plain.remaining() - BatchHeader.SIZE);
            while (records.hasRemaining()) {
                int size = Math.min(chunk.length, records.remaining());
                records.get(chunk, 0, size);
                packed.write(chunk, 0, size);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return finished(out, codec.type());
    }

    private static Compression codec(LogConfig.Compression wanted) {
        CompressionType type = BatchIntake.codec(wanted.type());
        return switch (type) {
            case GZIP -> Compression.gzip().level(wanted.gzipLevel()).build();
            case LZ4 -> Compression.lz4().level(wanted.lz4Level()).build();
            case ZSTD -> Compression.zstd().level(wanted.zstdLevel()).build();
            case NONE, SNAPPY -> Compression.of(type).build();
        };
    }

    private static ByteBuffer finished(ByteBufferOutputStream out, CompressionType codec) {
        ByteBuffer batch = out.buffer().flip();
        BatchHeader.writeSize(batch, 0, batch.remaining());
        BatchHeader.writeCodec(batch, 0, codec.id);
        return batch;
    }

    /** The same bytes in memory of their own. */
    static ByteBuffer copyOf(ByteBuffer batch) {
        return ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    }
}
