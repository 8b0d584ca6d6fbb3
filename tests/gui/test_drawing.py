"""Pictures: real PNG of the right size, soft edges, and a shape of its own for each status."""

from __future__ import annotations

import struct
import unittest
import zlib

from pkgsuite.gui.catalogue import ALL, NONE, SOME
from pkgsuite.gui.drawing import Picture, circle, rectangle
from pkgsuite.gui.outcomes import STATUSES
from pkgsuite.gui.palette import DARK, LIGHT, PALETTES

from pkgsuite.gui import icons


def pixels(picture):
    """The rows of a picture as its PNG has them, each a list of four numbers."""
    data = picture.png()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, size = 8, b"", (0, 0)
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        size = struct.unpack(">II", body[:8]) if kind == b"IHDR" else size
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    raw, stride = zlib.decompress(packed), 1 + 4 * size[0]
    return [[tuple(raw[y * stride + 1 + 4 * x :][:4]) for x in range(size[0])] for y in range(size[1])]


def outline(picture):
    """The shape without its colours: how opaque and how bright each pixel is, coarsely."""
    return [[(pixel[3] > 127, sum(pixel[:3]) > 600) for pixel in row] for row in pixels(picture)]


class Pictures(unittest.TestCase):
    def test_inside_is_opaque_outside_clear_and_the_edge_between(self):
        rows = pixels(Picture(16, 16).paint(circle(8, 8, 6), "#102030"))

        self.assertEqual((0x10, 0x20, 0x30, 255), rows[8][8])
        self.assertEqual(0, rows[0][0][3])
        self.assertTrue(any(0 < pixel[3] < 255 for row in rows for pixel in row))

    def test_pictures_stand_side_by_side(self):
        one = Picture(4, 4).paint(rectangle(0, 0, 4, 4), "#ff0000")
        rows = pixels(one.beside(Picture(2, 6).paint(rectangle(0, 0, 2, 6), "#00ff00"), 3))

        self.assertEqual((6, 9), (len(rows), len(rows[0])))
        self.assertEqual([(255, 0, 0, 255), (0, 0, 0, 0), (0, 255, 0, 255)], [rows[3][x] for x in (0, 5, 8)])

    def test_icons_grow_with_the_scale(self):
        for scale, side in ((1.0, 16), (1.5, 24), (2.0, 32)):
            with self.subTest(scale):
                rows = pixels(icons.status("passed", LIGHT, scale))
                self.assertEqual((side, side), (len(rows), len(rows[0])))


class Statuses(unittest.TestCase):
    def test_each_is_a_shape_before_it_is_a_colour(self):
        shapes = {status: str(outline(icons.status(status, LIGHT, 1.0))) for status in STATUSES}

        self.assertEqual(len(STATUSES), len(set(shapes.values())))

    def test_boxes_have_three_shapes(self):
        self.assertEqual(3, len({str(outline(icons.box(state, LIGHT, 1.0))) for state in (NONE, SOME, ALL)}))


def luminance(colour):
    """The relative luminance of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """The contrast of WCAG 2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


class Colours(unittest.TestCase):
    def test_text_can_be_read_on_its_ground(self):
        for palette in PALETTES.values():
            for ink, ground in (
                (palette.text, palette.card), (palette.text, palette.ground), (palette.text, palette.selected),
                (palette.text, palette.green_ground), (palette.text, palette.blue_ground),
                (palette.muted, palette.card), (palette.muted, palette.ground), (palette.muted, palette.sunk),
                (palette.accent, palette.card), (palette.on_accent, palette.accent), (palette.green, palette.sunk),
                (palette.green, palette.green_ground), (palette.red, palette.red_ground), (palette.red, palette.card),
                (palette.purple, palette.card), (palette.tip_text, palette.tip), (palette.muted, palette.hover),
                *((palette.of_peer(number), palette.sunk) for number in range(6)),
            ):  # fmt: skip
                with self.subTest(f"{palette.name}: {ink} on {ground}"):
                    self.assertGreaterEqual(contrast(ink, ground), 4.5)

    def test_light_and_dark_have_the_same_names_and_other_grounds(self):
        self.assertGreater(luminance(LIGHT.ground), luminance(DARK.ground))


if __name__ == "__main__":
    unittest.main()
