"""The legal forms of companies, by their spellings: data, read by `chalicelib.verdict.names` alone.

Each line is one form: its short name, then other spellings, separated by semicolons. Case, accents, punctuation and spacing
do not matter: "sro" stands for "s.r.o.", "spzoo" for "Sp. z o.o.". But a spelling whose letters also make a word or a place
stands here as it has to be written: with dots ("c.a.") it counts only in several words, and with a capital ("TOO", "eV")
only so. Forms in several languages that are one form share a line ("OOO", "LLC"). What says "company" and nothing about the
form begins with "-". Words that are no legal form ("Group", "Holding", "International", "Partners", "Stiftung") tell
companies apart and are not here. Forms and their abbreviations:
https://www.gleif.org/en/about-lei/code-lists/iso-20275-entity-legal-forms-code-list
"""

from __future__ import annotations

FORMS = """
ltd; limited; лтд; лимитед; ltée; limitée; teoranta; cyf; cyfyngedig; المحدودة; محدودة; limited by shares; lmtd
inc; incorporated; incorporation
corp; corporation
co; company; cie; compagnie; cia; compañía; compagnia; companhia; & co; and co; & company; and company; und co; u. co.; und compagnie; & cie; et cie; et co; & compagnie; et compagnie; & cia; y cia; e cia; & compañía; y compañía; & companhia; e companhia; & c; e.c.; og co; och co; en co; & comp; a spol; i spółka
-; 公司; شركة; شركه; บริษัท; private; şti; şirketi; in liquidation; i.l.; i.g.; in gründung; in liquidazione; en liquidation; under liquidation; i likvidation; unipersonale; a socio unico; con socio unico; socio unico; persero; الشركة
llc; limited liability company; limited liability co; ооо; ooo; общество с ограниченной ответственностью; obshchestvo s ogranichennoy otvetstvennostyu; тов; TOV; тзов; товариство з обмеженою відповідальністю
llp; limited liability partnership
lllp; limited liability limited partnership
lp; limited partnership
plc; public limited company
pllc; professional limited liability company
pvt
pte
pty; proprietary
unlimited; ulc; unlimited company; unlimited liability company
dac; designated activity company
clg; company limited by guarantee
cic; community interest company
cio; charitable incorporated organisation
opc; one person company; opc pvt; opc private
jsc; joint stock company; joint stock co; ао; акционерное общество; ат; акціонерне товариство
pjsc; public joint stock company; пао; pao; публичное акционерное общество; пат; публічне акціонерне товариство
ojsc; open joint stock company; оао; oao; открытое акционерное общество
cjsc; closed joint stock company; зао; zao; закрытое акционерное общество
psc; private shareholding company
qsc; qpsc
bsc; bahrain shareholding company; bscc; bsc closed
ksc; kscc; kscp
wll; with limited liability
fzc; fzco; free zone company; free zone co
fze; free zone establishment
fzllc; llcfz; free zone llc
dmcc
saog
saoc
société anonyme libanaise
sae; société anonyme égyptienne; egyptian joint stock company
gmbh; mbh; gesmbh; gesellschaft mbh; gesellschaft mit beschränkter haftung; ges mit beschr haftung; gesellschaft mit beschr haftung
ggmbh; gemeinnützige gmbh; gemeinnützige gesellschaft mit beschränkter haftung
ug; ug haftungsbeschränkt; unternehmergesellschaft; unternehmergesellschaft haftungsbeschränkt
ag; aktiengesellschaft; aktienges
kg; kommanditgesellschaft
kgaa; kommanditgesellschaft auf aktien
ohg; offene handelsgesellschaft
og; offene gesellschaft
gbr; egbr; gesellschaft bürgerlichen rechts; gesbr
ek; eingetragener kaufmann; eingetragene kauffrau; ekfm; ekfr
e.v.; eV; eingetragener verein
eg; eingetragene genossenschaft; egen; genossenschaft
partg; partnerschaftsgesellschaft
partgmbb; partnerschaftsgesellschaft mbb; partnerschaft mbb; partnerschaftsgesellschaft mit beschränkter berufshaftung; mbb
vvag; versicherungsverein auf gegenseitigkeit
aör; anstalt des öffentlichen rechts
kdör; körperschaft des öffentlichen rechts
se; societas europaea; europäische gesellschaft
sce; societas cooperativa europaea
sa; société anonyme; sociedad anónima; sociedade anônima; sociedade anónima; società anonima; spółka akcyjna; soc anonyme
sas; société par actions simplifiée; sociedad por acciones simplificada; società in accomandita semplice
sasu; société par actions simplifiée unipersonnelle
sarl; société à responsabilité limitée; sociedade de responsabilidade limitada; sàrl; sarlu
eurl; entreprise unipersonnelle à responsabilité limitée
snc; société en nom collectif; società in nome collettivo; senc; sencrl; société en nom collectif à responsabilité limitée
scs; société en commandite simple
sca; société en commandite par actions
scop; société coopérative de production
selarl
gie; groupement d'intérêt économique
asbl; aisbl; association sans but lucratif
sprl; société privée à responsabilité limitée; sprlu
scrl; société coopérative à responsabilité limitée
srl; società a responsabilità limitata; sociedad de responsabilidad limitada; société à responsabilité limitée de droit belge; societate cu răspundere limitată; soc a resp limitata
srls; società a responsabilità limitata semplificata
spa; società per azioni; sociedad por acciones
sapa; società in accomandita per azioni
scarl; società consortile a responsabilità limitata; scrl consortile
soccoop; scoop; società cooperativa; sociedad cooperativa; soc cooperativa
sl; sociedad limitada
slu; sociedad limitada unipersonal
sll; sociedad limitada laboral; slne
sau; sociedad anónima unipersonal
sadecv; sociedad anónima de capital variable; sabdecv; sociedad anónima bursátil de capital variable
sapidecv; sociedad anónima promotora de inversión de capital variable
sderldecv; sociedad de responsabilidad limitada de capital variable; srldecv
sderl
sac; sociedad anónima cerrada
saa; sociedad anónima abierta
eirl; empresa individual de responsabilidad limitada
lda; ltda; limitada; cia ltda; unipessoal lda; unipessoal limitada; sociedade unipessoal lda; sociedade limitada; ltda me; lda me; limitada me; ltda epp; me ltda
eireli; empresa individual de responsabilidade limitada; eireli me; eireli epp
epp; empresa de pequeno porte
sgps
bv; besloten vennootschap; besloten vennootschap met beperkte aansprakelijkheid
bvba; besloten vennootschap met beperkte aansprakelijkheid bvba; ebvba
nv; naamloze vennootschap
vof; vennootschap onder firma
cv; commanditaire vennootschap; comm v; commv
cva; commva; commanditaire vennootschap op aandelen; cv op aandelen
cvba; coöperatieve vennootschap met beperkte aansprakelijkheid
vzw; ivzw; vereniging zonder winstoogmerk
ab; aktiebolag; aktiebolaget; abpubl; aktiebolag publ; publikt aktiebolag
hb; handelsbolag; handelsbolaget
kb; kommanditbolag; kommanditbolaget
ekför; ekonomisk förening
as; aktieselskab; aktieselskabet; aksjeselskap; aktsiaselts; akciju sabiedrība; akciová společnost; akciová spoločnosť; akc spol; anonim şirketi; anonim şirket; anonim ortaklığı; tic aş; san ve tic aş; sanayi ve ticaret aş; sanayi ve ticaret anonim şirketi; san tic aş; san tic anonim şirketi; ticaret anonim şirketi; ticaret aş; sanayi ticaret aş
asa; allmennaksjeselskap
ans; ansvarlig selskap
enk; enkeltpersonforetak
aps; anpartsselskab; anpartsselskabet
ivs; iværksætterselskab
amba; andelsselskab med begrænset ansvar; andelsselskabet
ks; kommanditselskab; kommandittselskap; komanditní společnost
oy; osakeyhtiö; oyab; aboy; osakeyhtiö aktiebolag
oyj; julkinen osakeyhtiö; oyjabp; abp
ky; kommandiittiyhtiö
tmi; toiminimi
osk; osuuskunta
ry; rekisteröity yhdistys
ehf; einkahlutafélag
hf; hlutafélag
slf; samlagsfélag
oü; osaühing
mtü; mittetulundusühing
sia; sabiedrība ar ierobežotu atbildību
uab; uždaroji akcinė bendrovė
akcinė bendrovė
MB; mažoji bendrija
vši; viešoji įstaiga; vsi
spzoo; spółka z ograniczoną odpowiedzialnością; spółka z oo; sp z ograniczoną odpowiedzialnością
spzoospk; spółka z ograniczoną odpowiedzialnością spółka komandytowa; spzoo sp komandytowa; spółka z oo spółka komandytowa; spzoo spółka komandytowa; spółka z oo spk
spzoospj
spk; spółka komandytowa
spj; spółka jawna
spp; spółka partnerska
psa; prosta spółka akcyjna
sro; spol sro; společnost s ručením omezeným; spoločnosť s ručením obmedzeným
vos; veřejná obchodní společnost; verejná obchodná spoločnosť
kft; korlátolt felelősségű társaság
zrt; zártkörűen működő részvénytársaság; zártkörű részvénytársaság
nyrt; nyilvánosan működő részvénytársaság
részvénytársaság
bt; betéti társaság
kkt; közkereseti társaság
pfa; persoană fizică autorizată
doo; društvo s ograničenom odgovornošću; družba z omejeno odgovornostjo; društvo sa ograničenom odgovornošću; доо; друштво са ограниченом одговорношћу
jdoo; jednostavno društvo s ograničenom odgovornošću
dooel; дооел
ood; оод; дружество с ограничена отговорност
eood; еоод; еднолично дружество с ограничена отговорност
ead; еад; еднолично акционерно дружество
shpk; shoqëri me përgjegjësi të kufizuar
ae; αε; ανώνυμη εταιρεία; anonimi etairia
epe; επε; εταιρεία περιορισμένης ευθύνης; μεπε; mepe; μονοπρόσωπη επε
ike; ικε; ιδιωτική κεφαλαιουχική εταιρεία; μονοπρόσωπη ικε; μικε
ομόρρυθμη εταιρεία; οε
ετερόρρυθμη εταιρεία; εε
ltdsti; limited şirketi; limited şirket; ltd şirketi; tic ltd şti; san tic ltd şti; san ve tic ltd şti; ticaret limited şirketi; sanayi ve ticaret limited şirketi; ticaret ltd şti; sanayi ve ticaret ltd şti; sanayi ticaret ltd şti
kollşti; kollektif şirket; kolektif şirketi
нао; непубличное акционерное общество
ип; индивидуальный предприниматель
одо; общество с дополнительной ответственностью
прат; prat; приватне акціонерне товариство
пп; приватне підприємство
фоп; fop; фізична особа підприємець
тоо; товарищество с ограниченной ответственностью; жшс; жауапкершілігі шектеулі серіктестігі
осоо; osoo; жчк
мчж; mchj; mas'uliyati cheklangan jamiyat; масъулияти чекланган жамият
таа; таварыства з абмежаванай адказнасцю
чуп; частное унитарное предприятие; унитарное предприятие; чп; частное предприятие; чтуп; уп
mmc; məhdud məsuliyyətli cəmiyyəti; məhdud məsuliyyətli cəmiyyət
შპს; შეზღუდული პასუხისმგებლობის საზოგადოება
სს; სააქციო საზოგადოება
սպը; սահմանափակ պատասխանատվությամբ ընկերություն
փբը
ххк; хязгаарлагдмал хариуцлагатай компани; xxk
хк; хувьцаат компани
בעמ; בע"מ
ذ م م; ش ذ م م; شركة ذات مسؤولية محدودة; ذات مسؤولية محدودة; ش م م
ش م ع; شركة مساهمة عامة; مساهمة عامة
ش م; شركة مساهمة
प्राइवेट लिमिटेड; प्रा लि; प्रा लिमिटेड
लिमिटेड
sdn bhd; sendirian berhad; sdn berhad; m sdn bhd; s sdn bhd
bhd; berhad; m bhd
tbk; terbuka
จำกัด; บจก
จำกัด มหาชน; บมจ; pcl; public company limited; public company ltd; public co ltd
ห้างหุ้นส่วนจำกัด; หจก
công ty tnhh; cty tnhh; tnhh; công ty trách nhiệm hữu hạn; trách nhiệm hữu hạn
công ty tnhh mtv; cty tnhh mtv; tnhh mtv; công ty tnhh một thành viên; công ty trách nhiệm hữu hạn một thành viên; tnhh một thành viên
công ty cổ phần; cty cp; công ty cp; ctcp; cty cổ phần
dntn; doanh nghiệp tư nhân
株式会社; kk; kabushiki kaisha; kabushikikaisha; kabushiki gaisha; 株
有限会社; yk; yugen kaisha; yugen gaisha; 有
合同会社; gk; godo kaisha; goudou kaisha; godo gaisha; 合
合資会社; goshi kaisha
合名会社; gomei kaisha
有限公司
有限责任公司; 有限責任公司
股份有限公司; 股份公司
주식회사; jusikhoesa; 주
유한회사; yuhanhoesa; 유
유한책임회사
c.a.; compañía anónima
n.a.; national association
p.c.; professional corporation
p.a.; professional association
s.c.; societate comercială; sociedad civil; spółka cywilna
a.d.; а.д.; акционерно дружество; akcionarsko društvo; акционарско друштво
o.p.s.; obecně prospěšná společnost
s.k.a.; spółka komandytowo-akcyjna
s.a.l.
d.d.; dioničko društvo; delniška družba
k.d.; komanditna družba
l.c.
e.i.; entreprise individuelle
c.b.; comunidad de bienes
i.s.; interessentskab
p.s.; partnerselskab
z.s.; zapsaný spolek
s.p.; samostojni podjetnik
o.e.; omorrythmi etaireia
e.e.; eterorrythmi etaireia
d.a.; delt ansvar
a.y.; avoin yhtiö
gmbh & co kg; gmbh und co kg; gmbh u co kg; gmbh co kg; gmbh & compagnie kg; mbh & co kg; mbh und co kg; mbh u co kg; mbh co kg; mbh & compagnie kg; ges mbh & co kg; ges mbh und co kg; ges mbh u co kg; ges mbh co kg; ges mbh & compagnie kg; gesellschaft mbh & co kg; gesellschaft mbh und co kg; gesellschaft mbh u co kg; gesellschaft mbh co kg; gesellschaft mbh & compagnie kg; gesellschaft mit beschränkter haftung & co kg; gesellschaft mit beschränkter haftung und co kg; gesellschaft mit beschränkter haftung u co kg; gesellschaft mit beschränkter haftung co kg; gesellschaft mit beschränkter haftung & compagnie kg; gmbh & co; gmbh und co; mbh & co
gmbh & co kgaa; gmbh und co kgaa; gmbh u co kgaa; gmbh co kgaa; gmbh & compagnie kgaa
gmbh & co ohg; gmbh und co ohg; gmbh u co ohg; gmbh co ohg; gmbh & compagnie ohg
ug & co kg; ug und co kg; ug u co kg; ug co kg; ug & compagnie kg; ug haftungsbeschränkt & co kg; ug haftungsbeschränkt und co kg; ug haftungsbeschränkt u co kg; ug haftungsbeschränkt co kg; ug haftungsbeschränkt & compagnie kg
ag & co kg; ag und co kg; ag u co kg; ag co kg; ag & compagnie kg
ag & co kgaa; ag und co kgaa; ag u co kgaa; ag co kgaa; ag & compagnie kgaa
se & co kg; se und co kg; se u co kg; se co kg; se & compagnie kg
se & co kgaa; se und co kgaa; se u co kgaa; se co kgaa; se & compagnie kgaa
ltd & co kg; ltd und co kg; ltd u co kg; ltd co kg; ltd & compagnie kg; limited & co kg; limited und co kg; limited u co kg; limited co kg; limited & compagnie kg
stiftung & co kg; stiftung und co kg; stiftung u co kg; stiftung co kg; stiftung & compagnie kg
sh.a.; shoqëri aksionere; shoqëri anonime
shk
e.u.; eU; eingetragenes einzelunternehmen
u.a.; uitgesloten aansprakelijkheid
b.a.; beperkte aansprakelijkheid
gp; general partnership
plt; perkongsian liabiliti terhad
npc; non profit company
cc; close corporation
suarl; société unipersonnelle à responsabilité limitée
sci; société civile immobilière
IĮ; individuali įmonė
фгуп; федеральное государственное унитарное предприятие
гуп; государственное унитарное предприятие
муп; муниципальное унитарное предприятие
чао; частное акционерное общество
ет; едноличен търговец
sofom; sofom enr; sofom er
selas
scic
sccl
gesnbr
s.g.r.; sociedad de garantía recíproca
saci; saic; sacif; saicf; saicyf; saciyf; sacifi; sacifia; sacifiya; sociedad anónima comercial e industrial; sociedad anónima comercial industrial y financiera
saica
compañía por acciones; cporacciones; c por a
sociedad anónima deportiva; SAD; s.a.d.
gug; gug haftungsbeschränkt; gemeinnützige ug; gemeinnützige ug haftungsbeschränkt; gemeinnützige unternehmergesellschaft
gemeinnützige ag; gemeinnützige aktiengesellschaft; gAG
stiftung & co kgaa; stiftung und co kgaa
oeg; offene erwerbsgesellschaft
keg; kommanditerwerbsgesellschaft
eeig; european economic interest grouping; ewiv; geie
açıq səhmdar cəmiyyəti; ASC
qapalı səhmdar cəmiyyəti
egyéni vállalkozó; egyéni cég
szövetkezet; szöv
întreprindere individuală; i.i.
individuālais komersants; IK
javno trgovačko društvo; j.t.d.
društvo s neograničenom solidarnom odgovornošću; d.n.o.
ortačko društvo; o.d.
sameignarfélag; s.f.
smba; selskab med begrænset ansvar
täisühing; tü
usaldusühing; uü
fie; füüsilisest isikust ettevõtja
ochiq aksiyadorlik jamiyati; OAJ
xususiy korxona; XK
qo'shma korxona; QK
дззд; дружество по закона за задълженията и договорите
събирателно дружество; СД
командитно дружество; КД
komandit şirketi; komandit şirket; kom şti
huf; hindu undivided family
sicav; société d'investissement à capital variable
société d'économie mixte; SEM
atviroji akcinė bendrovė; AAB
ኃላፊነቱ የተወሰነ የግል ማህበር; ሃላፊነቱ የተወሰነ የግል ማህበር
no liability
"""
"""Forms at the end of a name."""

AT_THE_FRONT = """
pt; p.t.; perseroan terbatas; CV
llc; limited liability company; ооо; ooo; общество с ограниченной ответственностью; obshchestvo s ogranichennoy otvetstvennostyu; тов; TOV; тзов; товариство з обмеженою відповідальністю
ojsc; open joint stock company; оао; oao; открытое акционерное общество; cjsc; closed joint stock company; зао; zao; закрытое акционерное общество
pjsc; public joint stock company; пао; pao; публичное акционерное общество; пат; публічне акціонерне товариство
jsc; joint stock company; ао; AO; акционерное общество; ат; акціонерне товариство; нао; NAO; непубличное акционерное общество
ип; индивидуальный предприниматель; одо; общество с дополнительной ответственностью
чуп; чп; частное унитарное предприятие; унитарное предприятие; частное предприятие; чтуп; уп; фгуп; федеральное государственное унитарное предприятие
гуп; государственное унитарное предприятие; муп; муниципальное унитарное предприятие; чао; частное акционерное общество
прат; PRAT; PrAT; приватне акціонерне товариство; пп; приватне підприємство; фоп; fop; фізична особа підприємець
тоо; TOO; товарищество с ограниченной ответственностью; жшс; осоо; osoo; таа; таварыства з абмежаванай адказнасцю; мчж; mchj; ет; едноличен търговец
ead; еад; eood; еоод; ood; оод; AD; ад; uab; uždaroji akcinė bendrovė; akcinė bendrovė; MB; mažoji bendrija; IĮ; individuali įmonė; AB; Ab; aktiebolaget
vši; vsi; viešoji įstaiga; sia; sabiedrība ar ierobežotu atbildību; AS; A/S; akciju sabiedrība; aktsiaselts; aktieselskabet; aps; anpartsselskabet
oü; osaühing; mtü; mittetulundusühing; OY; Oy; oyab; aboy; osakeyhtiö; tmi; toiminimi; HB; handelsbolaget; KB; kommanditbolaget; BV; b.v.; NV; n.v.
VOF; v.o.f.; sarl; société à responsabilité limitée; SAS; société par actions simplifiée; sasu; eurl; suarl; SCI; société civile immobilière
SNC; société en nom collectif; selarl; sprl; bvba; asbl; vzw; s.c.; SC; ххк; შპს; სს; شركة; شركه; الشركة; บริษัท; จำกัด; บจก; จำกัด มหาชน; บมจ
ห้างหุ้นส่วนจำกัด; หจก; công ty tnhh; cty tnhh; tnhh; công ty trách nhiệm hữu hạn
công ty tnhh mtv; cty tnhh mtv; tnhh mtv; công ty tnhh một thành viên; công ty trách nhiệm hữu hạn một thành viên
công ty cổ phần; cty cp; công ty cp; ctcp; cty cổ phần; dntn; doanh nghiệp tư nhân; 株式会社; 株; kabushiki kaisha; 有限会社; 有; 合同会社; 合; 合資会社; 合名会社; 주식회사; 주
유한회사; 유; 유한책임회사; ват; відкрите акціонерне товариство; зат; закрите акціонерне товариство; тдв; товариство з додатковою відповідальністю
ААТ; адкрытае акцыянернае таварыства; ПУП; прыватнае унітарнае прадпрыемства; ІП; індывідуальны прадпрымальнік
ГП; государственное предприятие; державне підприємство; ДП; дочернее предприятие; дочірнє підприємство
КП; коммунальное предприятие; комунальне підприємство; кфх; крестьянское фермерское хозяйство; ано; автономная некоммерческая организация
спк; сельскохозяйственный производственный кооператив; пк; производственный кооператив; дззд; дружество по закона за задълженията и договорите
СД; събирателно дружество; КД; командитно дружество; individuālais komersants; IK; täisühing; tü; usaldusühing; uü; fie; füüsilisest isikust ettevõtja
hợp tác xã; htx; atviroji akcinė bendrovė
"""
"""Forms before a name, where their country puts them, each of its own; "s.c." only with a Romanian form at the end."""

NAMES_LIKE_A_FORM = """
ao smith; hb fuller; kb home; kb financial; sas institute; as roma; as monaco; as watson; ab foods; ab inbev; ab sciex; ab agri; cv raman; cv sciences; mb financial
mb aerospace; sia engineering; sia abrasives; pt barnum; bv investment; sci fi; nv energy; nv access; too faced; oy vey; sas scandinavian; ab initio; ab testing
"""
"""Well-known names that begin as a form does and have none there: "A. O. Smith" is not "Smith"."""

WITHOUT_SPACES = """
株式会社; 有限会社; 合同会社; 合資会社; 合名会社; 有限公司; 有限责任公司; 有限責任公司; 股份有限公司; 股份公司; 公司; 주식회사; 유한회사;
유한책임회사; บริษัท; จำกัด; ห้างหุ้นส่วนจำกัด
"""
"""Spellings of scripts that put no space between a name and its form."""
