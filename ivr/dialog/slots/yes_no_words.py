"""What callers say for yes, no and neither, folded (no accents, no apostrophes). Pure data; read by `yes_no`."""

from __future__ import annotations

from collections.abc import Mapping


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split(","))


YES: Mapping[str, tuple[str, ...]] = {
    "en": _phrases("""
        yes, si, si senor, si senora, you got it right, you have it right, you got that right, got it, yeah, yep,
        yes, yup, yea, ya, sure, correct, right, thats right, that is right, thats correct, that is correct, its
        correct, it is correct, its right, it is right, exactly, ok, okay, of course, absolutely, definitely, affirmative, go
        ahead, please do, i do, it is, it does, it was, i did, i am, i have, uh huh, mm hmm, mhm, you bet, sure thing, sounds
        good, perfect, true, i would, lets do it, do it, that works, all right, alright, fine, thats fine, that is fine, its
        fine, it is fine, that would be fine, that would be great, great, thats good, you got it, thats it, that is it, thats
        the one, yes i do, yes it is, yes i am, why not, one hundred percent, totally, indeed, i can, we do, we are"""),
    "es": _phrases("""
        si, claro, claro que si, por supuesto, correcto, es correcto, esta correcto, exacto, exactamente, asi es, eso es, de
        acuerdo, esta bien, bien, vale, ok, okey, dale, andele, sale, como no, desde luego, afirmativo, efectivamente, perfecto,
        es cierto, cierto, es verdad, asi mero, simon, sip, ya, adelante, con gusto, eso mismo, asi mismo, seguro, si senor, si
        senora, esa es, ese es, es el mio, si quiero, si lo es, aja, sipi, es asi, sin duda, hagalo, si claro, obvio, yes, si
        tengo, la tengo, lo tengo, si lo tengo, si la tengo, si por favor"""),
}
NO: Mapping[str, tuple[str, ...]] = {
    "en": _phrases("""
        no, nope, nah, not right now, not at the moment, not at this time,
        naw, no way, wrong, thats wrong, that is wrong, not right, thats not right, that is not right, thats not
        correct, that is not correct, not correct, its not, it is not, it isnt, incorrect, not really, i dont, i do not, it
        doesnt, it does not, dont, do not, negative, not now, no thanks, no thank you, not at all, never, not yet, uh uh, nuh
        uh, absolutely not, definitely not, of course not, i am not, im not, thats not it, that is not it, not that one, i
        didnt, i did not, i havent, i have not, not today, no i dont, no it isnt, no its not, no im not, i wouldnt, id rather
        not, im afraid not, i am afraid not, i dont think so, i dont believe so, i think not, not quite, thats incorrect, that
        is incorrect, false, not me, it wasnt, i cant, none, not exactly"""),
    "es": _phrases("""
        no, nop, nel, ahora mismo no, por ahora no, por el momento no,
        que va, para nada, incorrecto, es incorrecto, no es correcto, no esta bien, esta mal, esta equivocado,
        equivocado, no es asi, no es, no gracias, negativo, tampoco, ahora no, mejor no, nunca, jamas, de ninguna manera, claro
        que no, por supuesto que no, en absoluto, no quiero, todavia no, aun no, no senor, no senora, no lo es, no es ese, no es
        esa, ese no es, esa no es, asi no es, no tengo, no la tengo, no lo tengo, nada de eso, falso, no es cierto, no es
        verdad, no deseo, ninguno, ninguna, no puedo, no me interesa, no es el mio, nones, desde luego que no, eso no, ese no, esa
        no, yo no, aqui no, es mentira, no
        mucho, no exactamente"""),
}
UNSURE: Mapping[str, tuple[str, ...]] = {
    "en": _phrases("""
        i dont know, i do not know, dont know, not sure, im not sure, i am not sure, no idea, maybe, perhaps, i guess not sure,
        i have no idea, i dont remember, i do not remember, dont remember, i forgot, it depends, i cant say, i couldnt say, who
        knows, no clue, possibly, i dont think i understand, i dont understand, i do not understand, what, dunno, i dunno, i
        cant remember, could be, yes and no, sort of, i dont have it, no problem, right now, no english, no speak, no spanish,
        no wait, i dont get it, no comment, no one, no body"""),
    "es": _phrases("""
        no se, no lo se, no sabria decirle, no sabria, no estoy seguro, no estoy segura, ni idea, no tengo idea, quien sabe, tal
        vez, quizas, quiza, puede ser, a lo mejor, depende, no me acuerdo, no recuerdo, no entiendo, no entendi, no le entendi,
        no comprendo, no te entiendo, mas o menos, si y no, no hablo, no espere, no espera, no le entiendo, ni si ni no, no hay
        problema, no importa, como, no oi, no escucho, no le escuche, no le oigo, no lo oigo, no oigo, no se oye, no le escucho,
        no se escucha"""),
}
"""Answers that are neither; longer ones count by how they begin, since "no" begins many of them."""
POLITE: Mapping[str, tuple[str, ...]] = {
    "en": _phrases("""
        mm, please, thank you, thanks, sir, maam, miss, madam, uh, um, uhm, er, well, so, oh, ah, hmm, like, you know, hi, hello, i
        think, i think so, i guess, i guess so, i believe, i believe so, i said, like i said, for sure, actually, it, okay so,
        let me see, and"""),
    "es": _phrases("""
        por favor, gracias, muchas gracias, senorita, senor, senora, eh, este, pues, bueno, mire, oiga, ah, ay, oh, mmm, um, uh,
        creo que, creo, yo creo que, yo creo, dije que, ya dije que, ya le dije que, le dije que, digo que, que, fijese, hola,
        entonces, verdad, a ver, ehm, joven, mijo, hombre, mujer, y, amigo, amiga"""),
}
"""Said around an answer without changing it."""
