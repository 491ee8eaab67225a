"""Short and other forms of forenames common in Britain, a family of forms to a line.

Small on purpose: it holds what is said for another name and neither sounds nor looks like it, and Irish and
Welsh names beside what others write who only heard them. A form may stand in several families (Alex, Sam,
Chris), and then fits each.
"""

from __future__ import annotations

_FAMILIES = """
abigail abi abbie abby gail
adam ad
agnes aggie nessie
ahmed ahmad
albert al bert bertie
alexander alex alec al sandy xander lex alasdair alistair sasha
alexandra alex lexi lexie sandra sandy sasha
alfred alf alfie fred
alison ali allie
amanda mandy
amelia millie milly mel
andrew andy drew
angela angie
ann anne anna annie nan hannah
anthony antony tony ant
antonia toni
arthur art artie
barbara barb babs
beatrice bea trixie
benjamin ben benny benji
bernard bernie
bethany beth
bridget bridie biddy
bronwen bron
cameron cam
caroline carolyn carol carrie caz
catherine katherine kathryn katharine kate katie katy kathy cathy kitty kat kay kath cath catrin
cecilia celia cissie
charles charlie chas chaz chuck
charlotte charlie lottie lotte char
christina christine tina chris chrissie kirsty
christopher chris kit topher
clifford cliff
daniel dan danny
danielle dani
david dave davey dai dafydd
deborah debra deb debbie
denise den
desmond des
dominic dom
donald don donny
dorothy dot dottie dolly
douglas doug
edward ed eddie ted teddy ned eddy
eleanor elinor ellie nell nellie
elizabeth elisabeth liz lizzie beth betty bess betsy eliza libby elsie
emily em emmie millie
emma em emmie
eugene gene
evelyn evie eve
florence flo florrie flossie
frances fran fanny francesca frankie
francis frank frankie
francesca fran frankie chess
frederick fred freddie freddy
gabriel gabe
gabrielle gabby gabi
geoffrey jeffrey geoff jeff
george georgie
georgina georgie gina
gerald gerry jerry
gerard gerry
gillian gill jill
gordon gord
graham graeme
gregory greg
gwendolen gwen
harold harry hal
harriet harry hattie
helen ellen nell nellie lena
henry harry hal hank
hugh hughie huw
ian iain
imogen immy
isaac zac ike
isabella isabel isobel isabelle bella izzy belle issy
jacob jake
jacqueline jackie jacqui
james jim jimmy jamie jem
janet jan
janice jan
jasmine jas jazz yasmin
jennifer jen jenny jenna
jeremy jerry jez
jessica jess jessie
joan joanie
joanne joanna jo joan
john jack johnny jon
jonathan jon jonny jonty
joseph joe joey yusuf
josephine jo josie
joshua josh
judith judy
julia julie jules
julian jules
katarzyna kasia
kenneth ken kenny
kimberley kim
lawrence laurence larry laurie loz
leonard len lenny leo
leslie les
lewis louis lou
louise lou
lucy lu lucia
lydia lyd
madeleine maddie maddy
malcolm malc
malgorzata gosia
margaret maggie meg peggy madge marge mags
marjorie marge
martin marty
mary molly polly mae
matilda tilly tilda mattie
matthew matt matty
maureen mo
maximilian max
maxine max
melanie mel
melissa mel lissa
michael mike mick mickey micky
michelle shell chelle
mohammed muhammad mohammad mohamed muhammed mo md
natalie nat
natasha tasha
nathan nat nate
nathaniel nat nate nathan
nicholas nick nicky
nicola nicky nikki nic
norman norm
oliver ollie olly
olivia liv livvy livia
oscar ozzy
pamela pam
patricia pat patsy patty trish tricia
patrick pat paddy
paul pauly
pauline paula
penelope penny
peter pete
philip phillip phil pip
philippa pippa pip
rachel rach rae
raymond ray
rebecca becky becca bex
reginald reg reggie
richard rick ricky dick richie dickie rich
robert rob bob bobby robbie bert
roderick rod rory
roger rodge
ronald ron ronnie
rosemary rose rosie romy
rosalind ros roz
rosie rose
rupert bert
samantha sam sammy
samuel sam sammy
sarah sara sally sadie
sebastian seb bas
shirley shirl
simon si
stanislaw stan staszek
stanley stan
stephen steven steve stevie
stephanie steph stevie
stuart stewart stu
susan sue susie suzanne suzie susannah
sylvia syl
terence terry
teresa theresa terry tess tessa
theodore theo ted teddy
thomas tom tommy
timothy tim
tobias toby
valerie val
vanessa nessa
veronica ronnie roni vera
victor vic
victoria vicky vicki tori tory
vincent vince vinny
violet vi
walter wally walt
wendy wen
wilfred wilf fred
william will bill billy willie wills gwilym
winifred win winnie freda
zachary zac zack zak
zoe zo
"""

_BY_EAR = """
ailbhe alva
aine anya onya
aisling ashling ashlyn
aoife eefa efa ifa
blathnaid blanid
caoimhe keeva kiva queeva
cathal cahal
cerys kerys kerris carys
ceri kerry keri
cian kian keane
ciara keira kiera keera
ciaran kieran keiran
cillian killian
dearbhla dervla
diarmuid diarmaid dermot
dylan dillon
eabha ava
efa eva
eilis eilish ailish
eoin eoghan owen ewan
fiadh fia
fionnuala finola nuala
grainne grania gronya
hywel howell howel
iestyn yestin
ieuan ifan iwan evan
laoise leesha
llewelyn llewellyn flewelyn
lloyd floyd
maeve meabh meadhbh mave
mairead mairaid
meurig merrick
naoise neesha
niall neil neal
niamh neve nieve neave neeve niav
odhran oran
oisin osheen oshin
orla orlagh orlaith
owain owen
padraig patrick paudie porick
rhys reece rees reese
roisin rosheen roshin
ruairi ruaridh rory
sadhbh sive
saoirse seersha sersha searsha
seamus shamus shaymus
sean shaun shawn sion
sian shan sharn
sinead shinade shinaid
siobhan shivaun shevaun shavaun shivon chevonne
tadhg teige tige
tudur tudor
"""


def _forms() -> dict[str, frozenset[str]]:
    families: dict[str, set[str]] = {}
    for line in (_FAMILIES + _BY_EAR).split("\n"):
        for form in line.split():
            families.setdefault(form, set()).add(line.split()[0])
    return {form: frozenset(heads) for form, heads in families.items()}


_FORMS = _forms()


def families(forename: str) -> frozenset[str]:
    """The full names that a folded forename may stand for; itself where none is known."""
    return _FORMS.get(forename) or frozenset((forename,))
