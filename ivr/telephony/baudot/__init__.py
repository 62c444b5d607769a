"""Text telephone (TTY, Baudot) modem: 45.45 and 50 baud, mark 1400 Hz, space 1800 Hz, as in TIA-825-A. Pure, numpy.

`transmit` and `Transmitter` make tones of text, `Receiver` makes text of tones, `TtyDetector` recognises a text telephone
on a voice line. Sound is int16 at 8 kHz; a frame is 160 samples. Called by the media path and the `ivr tty` command.
"""

from ivr.telephony.baudot.detector import TtyDetector
from ivr.telephony.baudot.received import CarrierFell, CarrierRose, CharacterReceived, Received
from ivr.telephony.baudot.receiver import Receiver
from ivr.telephony.baudot.table import typeable
from ivr.telephony.baudot.transmitter import Transmitter, duration_s, transmit

__all__ = ["CarrierFell", "CarrierRose", "CharacterReceived", "Received", "Receiver", "Transmitter", "TtyDetector", "duration_s",
           "transmit", "typeable"]
