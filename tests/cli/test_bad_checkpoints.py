"""Folders of checkpoints that are broken on purpose: `convert` answers with one message that names the file and says what is
wrong, runs nothing that a file holds, and leaves nothing behind, in the folder or outside of it.
"""

import io
import json
import os
import pickle
import shutil
import struct
import zipfile

from support import CliTest, cria

MEMORY = 1 << 30  # of address space, for files of less than a MB
SYSTEM = 'names "posix.system": a checkpoint may only build tensors'


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def archive(*entries, method=zipfile.ZIP_STORED):
    """A zip file of (name, content) or (ZipInfo, content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in entries:
            file.writestr(name, content)
    return out.getvalue()


class Command:
    """Pickled, it runs a program wherever it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


class BadCheckpoints(CliTest):
    def setUp(self):
        super().setUp()
        self.memory = MEMORY if cria("--version", memory=MEMORY).status == 0 else None
        self.checkpoint = self.folder / "checkpoint"
        self.output = self.folder / "out.gguf"
        self.harm = self.folder / "harm"

    def refuse(self, files, says):
        """Files are names to bytes, or to what a link of this name points to."""
        shutil.rmtree(self.checkpoint, ignore_errors=True)
        self.checkpoint.mkdir()
        config = {
            "architectures": ["LlamaForCausalLM"],
            "hidden_size": 8,
            "intermediate_size": 12,
            "max_position_embeddings": 64,
            "num_attention_heads": 2,
            "num_hidden_layers": 1,
            "vocab_size": 8,
        }
        (self.checkpoint / "config.json").write_text(json.dumps(config))
        for name, content in files.items():
            if isinstance(content, bytes):
                (self.checkpoint / name).write_bytes(content)
            else:
                (self.checkpoint / name).symlink_to(content)
        outcome = self.fail_with(1, "convert", self.checkpoint, "-o", self.output, memory=self.memory)
        self.assertIn(str(self.checkpoint), outcome.err)
        self.assertRegex(outcome.err, says)
        self.assertFalse(self.output.exists())
        self.assertFalse(self.harm.exists())
        self.assertEqual(sorted(os.listdir(self.checkpoint)), sorted([*files, "config.json"]))

    def refuse_each(self, file, cases):
        for content, says in cases:
            with self.subTest(says):
                self.refuse({file: content}, says)

    def test_headers_of_safetensors(self):
        entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'
        self.refuse_each(
            "model.safetensors",
            [
                (b"", "has 0 bytes"),
                (struct.pack("<Q", 1) + b"{", "no valid JSON"),
                (struct.pack("<Q", 1 << 62) + b"{}", "header of 4611686018427387904 bytes"),
                (struct.pack("<Q", 200_000_000) + b"{}", "header of 200000000 bytes"),
                (safetensors(b"[]"), "header begins with"),
                (safetensors(b'{"\xff":1}'), "no valid JSON"),
                (safetensors(f'{{"a":{entry},"a":{entry}}}'.encode(), bytes(4)), '"a" is there twice'),
                (safetensors(b'{"a":' * 50_000), "expected dtype, shape or data_offsets"),
                (safetensors(b'{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}}', bytes(4)), "no valid JSON"),
                (safetensors(b'{"a":{"dtype":"F32","shape":[1e99],"data_offsets":[0,4]}}', bytes(4)), "a number that is no integer"),
            ],
        )

    def test_offsets_of_safetensors(self):
        def one(shape, offsets, dtype="F32", data=bytes(8)):
            return safetensors({"a": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}, data)

        def two(first, second, data):
            entry = lambda offsets: {"dtype": "U8", "shape": [offsets[1] - offsets[0]], "data_offsets": offsets}
            return safetensors({"a": entry(first), "b": entry(second)}, data)

        self.refuse_each(
            "model.safetensors",
            [
                (one([2], [8, 0]), "are reversed"),
                (one([2], [0, 1 << 62]), "beyond the 8 bytes"),
                (one([3], [0, 8]), "its shape and dtype 12"),
                (one([1 << 62, 8], [0, 8]), "too large for any file"),
                (one([3], [0, 8], dtype="F4"), "no whole number of bytes"),
                (two([0, 8], [4, 12], bytes(12)), "it overlaps another"),
                (two([0, 4], [8, 12], bytes(12)), "there is a hole before it"),
            ],
        )

    def test_indexes_that_lead_outside(self):
        secret = self.folder / "secret.safetensors"
        secret.write_bytes(safetensors({}))
        for name in ("../secret.safetensors", str(secret), "x/../../secret.safetensors"):
            index = json.dumps({"weight_map": {"a": name}}).encode()
            with self.subTest(name):
                self.refuse({"model.safetensors.index.json": index}, "expected one that lies in the folder")
        self.refuse({"model.safetensors": secret}, "expected a file that lies in the folder")
        index = json.dumps({"weight_map": {"a": "model-1.safetensors"}}).encode()
        self.refuse({"model.safetensors.index.json": index}, '"model-1.safetensors" is missing')
        self.refuse({"model.safetensors.index.json": b"{}"}, "weight_map")

    def test_pickles_are_known_by_their_content_and_never_run(self):
        bomb = pickle.dumps({"a": Command(self.harm)}, protocol=2)
        newer = pickle.dumps({"a": Command(self.harm)}, protocol=5)
        self.refuse({"model.safetensors": bomb}, "header of .* bytes, expected at most")
        self.refuse({"model.safetensors": archive(("archive/data.pkl", bomb))}, "header of .* bytes, expected at most")
        for content in (bomb, newer):
            self.refuse({"pytorch_model.bin": content}, "is a bare pickle")
            self.refuse({"pytorch_model.bin": archive(("archive/data.pkl", content))}, SYSTEM)
        self.refuse({"pytorch_model.bin": safetensors({})}, "no PyTorch checkpoint: begins with")
        self.refuse({"pytorch_model.bin": b"GGUF" + bytes(100)}, 'no PyTorch checkpoint: begins with "GGUF"')
        self.refuse({"consolidated.00.pth": archive(("archive/data.pkl", bomb))}, SYSTEM)

    def test_archives_that_lead_outside_or_grow(self):
        harmless = pickle.dumps({}, protocol=2)
        link = zipfile.ZipInfo("archive/data/0")
        link.external_attr = 0o120777 << 16
        for entries, says in (
            ([("../harm", b"x")], "expected a path that stays inside"),
            ([("archive/../../harm", b"x")], "expected a path that stays inside"),
            ([(str(self.harm), b"x")], "expected a path that stays inside"),
            ([(link, str(self.harm).encode())], "is a symbolic link"),
        ):
            with self.subTest(says):
                content = archive(("archive/data.pkl", harmless), *entries)
                self.refuse({"pytorch_model.bin": content}, says)
        bomb = archive(("archive/data.pkl", bytes(100_000_000)), method=zipfile.ZIP_DEFLATED)
        self.refuse({"pytorch_model.bin": bomb}, "is compressed")
        self.refuse({"pytorch_model.bin": b"\x1f\x8b\x08" + bytes(100)}, "no PyTorch checkpoint: begins with")
        tar = b"harm" + bytes(253) + b"ustar\x0000" + bytes(700)
        self.refuse({"pytorch_model.bin": tar}, "is a tar archive")

    def test_adapters_are_read_with_the_same_care(self):
        config = json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 2, "base_model_name_or_path": str(self.checkpoint)})
        known = {"adapter_config.json": config.encode()}
        bomb = archive(("archive/data.pkl", pickle.dumps({"a": Command(self.harm)}, protocol=2)))
        self.refuse(known, "has no adapter: expected adapter_model.safetensors")
        self.refuse(known | {"adapter_model.bin": bomb}, SYSTEM)
        self.refuse(known | {"adapter_model.safetensors": struct.pack("<Q", 1 << 62)}, "header of")
        self.refuse(known | {"adapter_model.safetensors": safetensors({})}, "has no tensors")
        self.refuse({"adapter_config.json": b"{}"}, "r is absent")
        self.refuse({"adapter_config.json": b"[" * 100_000}, "adapter_config.json: no valid JSON")


class Outputs(CliTest):
    def test_what_is_there_is_not_replaced_unasked(self):
        output = self.folder / "there.gguf"
        output.write_bytes(b"mine")
        outcome = self.fail_with(1, "convert", self.folder, "-o", output)
        self.assertIn(f"{output}: is there already, --force replaces it", outcome.err)
        self.assertEqual(output.read_bytes(), b"mine")
        self.assertNotIn("is there already", self.fail_with(1, "convert", self.folder, "-o", output, "--force").err)
        self.assertEqual(output.read_bytes(), b"mine")
